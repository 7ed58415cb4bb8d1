package io.barista.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Listens to what Netty and Reactor only log: buffers released twice or never, and errors that nobody was told. */
public final class BufferComplaints implements AutoCloseable {

    private static final List<String> LOGGERS = List.of("io.netty.util.ReferenceCountUtil",
            "io.netty.util.ResourceLeakDetector", "reactor.core.publisher.Operators");

    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    public BufferComplaints() {
        heard.start();
        LOGGERS.forEach(name -> ((Logger) LoggerFactory.getLogger(name)).addAppender(heard));
    }

    /** What was complained of so far; leaks show only once the collector has found them. */
    public List<String> all() {
        return new ArrayList<>(heard.list).stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> event.getFormattedMessage() + (event.getThrowableProxy() == null
                        ? ""
                        : ": "
                                + event.getThrowableProxy().getMessage()))
                .toList();
    }

    @Override
    public void close() {
        LOGGERS.forEach(name -> ((Logger) LoggerFactory.getLogger(name)).detachAppender(heard));
    }
}

package io.barista.gateway.health;

import io.barista.gateway.stream.Curtain;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;
import reactor.core.scheduler.Schedulers;

/**
 * Lets requests finish when the gateway stops, for as long as the shutdown phase of the web server lasts; shortly before
 * its end, streams that still run are ended with an error event, where the server would cut them off.
 */
final class Farewell implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Farewell.class);

    private final Curtain curtain;
    private final Duration patience;
    private volatile boolean running;

    Farewell(Curtain curtain, Duration phase, Duration margin) {
        this.curtain = curtain;
        this.patience = phase.compareTo(margin) > 0 ? phase.minus(margin) : phase.dividedBy(2);
    }

    @Override
    public int getPhase() {
        return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE + 1; // just before it begins
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        log.info("stopping: requests being answered have {} s to end", patience.toSeconds());
        Schedulers.parallel().schedule(curtain::fall, patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}

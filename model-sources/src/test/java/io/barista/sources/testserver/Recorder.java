package io.barista.sources.testserver;

import io.barista.sources.DownloadListener;
import io.barista.sources.SourceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps what a listener is told. */
public final class Recorder implements DownloadListener {

    public final List<String> retries = new CopyOnWriteArrayList<>();
    public final List<String> failures = new CopyOnWriteArrayList<>();
    public final List<String> standIns = new CopyOnWriteArrayList<>();
    public final AtomicLong received = new AtomicLong();
    public final AtomicLong present = new AtomicLong();
    public final AtomicLong finished = new AtomicLong();

    @Override
    public void started(String source, int files, long bytes, long alreadyPresent) {
        present.set(alreadyPresent);
    }

    @Override
    public void received(String source, long bytes) {
        received.addAndGet(bytes);
    }

    @Override
    public void retrying(String source, String reason, Duration wait) {
        retries.add(reason);
    }

    @Override
    public void finished(String source, long bytes, Duration took) {
        finished.incrementAndGet();
    }

    @Override
    public void failed(String source, SourceException reason) {
        failures.add(reason.getMessage());
    }

    @Override
    public void usingLastKnown(String source, SourceException reason) {
        standIns.add(reason.getMessage());
    }
}

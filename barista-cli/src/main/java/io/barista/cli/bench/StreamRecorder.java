package io.barista.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/** Notes each line of a stream with the moment it came; nothing is parsed before the end, so that parsing delays no line. */
final class StreamRecorder implements Flow.Subscriber<String> {

    private final List<Line> lines = new ArrayList<>();

    /** @param nanos as by {@link System#nanoTime} */
    record Line(long nanos, String text) {}

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
        long now = System.nanoTime();
        if (!line.isEmpty()) {
            lines.add(new Line(now, line));
        }
    }

    @Override
    public void onError(Throwable failure) {
        // the client throws it
    }

    @Override
    public void onComplete() {
        // the client returns
    }

    /** To be called once the response is complete. */
    List<Line> lines() {
        return lines;
    }
}

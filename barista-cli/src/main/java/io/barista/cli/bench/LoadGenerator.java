package io.barista.cli.bench;

import io.barista.cli.bench.StreamRecorder.Line;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Sends requests at the given times, as many at once as allowed, and notes when each piece of their answers comes. */
final class LoadGenerator {

    private final HttpClient client;
    private final StreamReader reader = new StreamReader();

    LoadGenerator(HttpClient client) {
        this.client = client;
    }

    /**
     * @param arrivals    when each request may be sent, nanoseconds from the start, not decreasing
     * @param concurrency requests under way at most
     * @param whenDone    called for each request as it ends, from any thread
     */
    Run run(List<HttpRequest> requests, long[] arrivals, int concurrency, Consumer<Outcome> whenDone)
            throws InterruptedException {
        Semaphore free = new Semaphore(concurrency);
        List<Future<Outcome>> outcomes = new ArrayList<>();
        long start = System.nanoTime();
        try (ExecutorService requestThreads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests.size(); i++) {
                waitUntil(start + arrivals[i]);
                free.acquire();
                HttpRequest request = requests.get(i);
                outcomes.add(requestThreads.submit(() -> {
                    try {
                        Outcome outcome = send(request);
                        whenDone.accept(outcome);
                        return outcome;
                    } finally {
                        free.release();
                    }
                }));
            }
        }
        long end = System.nanoTime();
        return new Run(outcomes.stream().map(LoadGenerator::outcomeOf).toList(), (end - start) / 1e9);
    }

    /** @param seconds from the first request's start to the last one's end */
    record Run(List<Outcome> outcomes, double seconds) {}

    Outcome send(HttpRequest request) throws InterruptedException {
        StreamRecorder recorder = new StreamRecorder();
        long start = System.nanoTime();
        try {
            HttpResponse<Void> response = client.send(request, BodyHandlers.fromLineSubscriber(recorder));
            long end = System.nanoTime();
            if (response.statusCode() / 100 != 2) {
                String body = recorder.lines().stream().map(Line::text).collect(Collectors.joining("\n"));
                return new Outcome.Failed("status " + response.statusCode() + ": " + ErrorText.of(body));
            }
            return reader.read(recorder.lines(), start, end);
        } catch (IOException broken) {
            String message = broken.getMessage();
            return new Outcome.Failed(
                    "the connection failed: " + (message == null ? broken.getClass().getSimpleName() : message));
        }
    }

    private static void waitUntil(long nanos) throws InterruptedException {
        long wait = nanos - System.nanoTime();
        if (wait > 0) {
            Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
    }

    private static Outcome outcomeOf(Future<Outcome> done) {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("all requests have ended", e);
        }
    }
}

package io.barista.engine.output;

import io.barista.engine.EngineEvent.SampleFinished;
import io.barista.engine.EngineException;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns tokens into events on the thread {@code engine-output}, so that the engine loop never waits for text. Knows all requests
 * that have not ended, and sees to it that each ends once: whoever removes a request from {@link #live} may tell it its end.
 */
public final class OutputProcessor {

    private static final Logger LOG = LoggerFactory.getLogger(OutputProcessor.class);

    /** So far may text fall behind tokens before the engine loop waits for it. */
    private static final int CAPACITY = 1 << 10;

    /** More batches than usually are on their way at once; what is missing is made, what is too much goes. */
    private static final int SPARE_BATCHES = 16;

    private final Map<String, RequestOutput> live = new ConcurrentHashMap<>();
    private final BlockingQueue<OutputMessage> messages = new ArrayBlockingQueue<>(CAPACITY);
    private final BlockingQueue<TokenBatch> spareBatches = new ArrayBlockingQueue<>(SPARE_BATCHES);
    private final EngineCommands engine;
    private final Thread thread = Thread.ofPlatform().name("engine-output").daemon().unstarted(this::run);

    /** What the output thread asks of the engine loop; must not block. */
    public interface EngineCommands {

        /** Ends one sample, whose text holds a stop string. */
        void endSample(String requestId, int sample);

        /** Ends a request that cannot be put out. */
        void abort(String requestId);
    }

    public OutputProcessor(EngineCommands engine) {
        this.engine = engine;
    }

    public void start() {
        thread.start();
    }

    /** Takes a request in; false when one of that id has not ended. */
    public boolean register(RequestOutput request) {
        return live.putIfAbsent(request.id(), request) == null;
    }

    /** Takes a request back out that the engine never got; false when its end was told already. */
    public boolean unregister(RequestOutput request) {
        return live.remove(request.id(), request);
    }

    /** An empty batch for {@link #post}; most often one that was used before. */
    public TokenBatch emptyBatch(int capacity) {
        TokenBatch spare = spareBatches.poll();
        return spare == null ? new TokenBatch(capacity) : spare;
    }

    /** Called by the engine loop; waits only when text has fallen far behind. */
    public void post(OutputMessage message) {
        try {
            while (!messages.offer(message, 1, TimeUnit.SECONDS)) {
                if (!thread.isAlive()) {
                    throw new IllegalStateException("the output thread has ended");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while posting to the output thread", e);
        }
    }

    /** Waits until everything posted is told to the listeners' threads. To be called after {@link OutputMessage.Stopped}. */
    public void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        boolean stopped = false;
        while (!stopped) {
            try {
                stopped = process(messages.take());
            } catch (InterruptedException e) {
                // Only Stopped ends this thread: nobody may be left without an answer.
                LOG.warn("the output thread was interrupted and goes on");
            }
        }
    }

    /** @return whether it was the last message */
    private boolean process(OutputMessage message) {
        switch (message) {
            case OutputMessage.Started started -> started.request().started(started.cachedTokens(), started.nanos());
            case OutputMessage.PromptTokens prompt -> prompt.request().promptTokens(prompt.logprobs());
            case TokenBatch batch -> tokens(batch);
            case OutputMessage.Beams beams -> beams(beams);
            case OutputMessage.Aborted aborted -> abort(aborted);
            case OutputMessage.Failed failed -> fail(failed.request(), failed.reason(), failed.nanos());
            case OutputMessage.Stopped stopped -> {
                live.values().forEach(request -> fail(request, stopped.reason(), System.nanoTime()));
                return true;
            }
        }
        return false;
    }

    private void tokens(TokenBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            token(batch, i);
        }
        batch.clear();
        spareBatches.offer(batch);
    }

    private void token(TokenBatch batch, int index) {
        RequestOutput request = batch.request(index);
        try {
            SampleFinished finished = request.token(batch, index);
            if (finished == null) {
                return;
            }
            if (batch.finish(index) == null) {
                // Before the end is told: a request that reuses the id comes later in the same queue.
                engine.endSample(request.id(), batch.sample(index));
            }
            if (request.isComplete() && live.remove(request.id(), request)) {
                request.complete(batch.nanos());
            }
        } catch (RuntimeException e) {
            LOG.error("request={} its output failed", request.id(), e);
            engine.abort(request.id());
            fail(request, new EngineException(EngineException.Code.INTERNAL,
                    "the answer could not be turned into text", null, e), batch.nanos());
        }
    }

    private void beams(OutputMessage.Beams message) {
        RequestOutput request = message.request();
        if (live.remove(request.id(), request)) {
            request.beams(message.answers(), message.nanos());
        }
    }

    private void abort(OutputMessage.Aborted message) {
        RequestOutput request = message.request();
        if (live.remove(request.id(), request)) {
            request.abort();
            request.complete(message.nanos());
        }
    }

    private void fail(RequestOutput request, EngineException reason, long nanos) {
        if (live.remove(request.id(), request)) {
            request.fail(reason, nanos);
        }
    }
}

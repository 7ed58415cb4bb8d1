package io.barista.engine.output;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one request's events to its listener on a virtual thread of its own, so that a slow listener delays nobody but itself and
 * a throwing one harms nobody. Events wait in memory: at most one for each token, since a request has a limit.
 */
final class EventDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

    private final String requestId;
    private final EngineListener listener;
    private final Runnable whenBroken;
    private final BlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();

    /** @param whenBroken called once when the listener throws; it hears nothing after that */
    EventDelivery(String requestId, EngineListener listener, Runnable whenBroken) {
        this.requestId = requestId;
        this.listener = listener;
        this.whenBroken = whenBroken;
    }

    void start() {
        Thread.ofVirtual().name("engine-events-" + requestId).start(this::run);
    }

    void deliver(EngineEvent event) {
        events.add(event);
    }

    private void run() {
        try {
            boolean last = false;
            while (!last) {
                EngineEvent event = events.take();
                listener.onEvent(event);
                last = switch (event) {
                    case EngineEvent.Completed _,EngineEvent.Failed _ -> true;
                    case EngineEvent.PromptLogprobs _,EngineEvent.Delta _,EngineEvent.SampleFinished _ -> false;
                };
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.warn("request={} its listener failed, so it is aborted", requestId, e);
            whenBroken.run();
        }
    }
}

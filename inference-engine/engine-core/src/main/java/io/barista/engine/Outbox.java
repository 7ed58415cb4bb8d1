package io.barista.engine;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.output.OutputMessage;
import io.barista.engine.output.OutputProcessor;
import io.barista.engine.output.RequestOutput;
import io.barista.engine.output.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the output thread is to be told of a round of the engine loop: sent once the round's numbers are published, so that who hears
 * of an end sees its blocks free. A round with nothing but tokens allocates nothing.
 */
final class Outbox {

    private final OutputProcessor output;
    private final int maxSequences;
    private final List<OutputMessage> messages = new ArrayList<>();
    private @Nullable TokenBatch tokens;

    Outbox(OutputProcessor output, int maxSequences) {
        this.output = output;
        this.maxSequences = maxSequences;
    }

    void add(OutputMessage message) {
        messages.add(message);
    }

    void token(RequestOutput request, int sample, int token, @Nullable TokenLogprobs logprobs,
            @Nullable FinishReason finish, int preemptions) {
        TokenBatch batch = tokens;
        if (batch == null) {
            batch = output.emptyBatch(maxSequences);
            messages.add(batch);
            tokens = batch;
        }
        batch.add(request, sample, token, logprobs, finish, preemptions);
    }

    /** @param stepNanos when the tokens came */
    void tokensCameAt(long stepNanos) {
        if (tokens != null) {
            tokens.at(stepNanos);
        }
    }

    void send() {
        for (int i = 0; i < messages.size(); i++) {
            output.post(messages.get(i));
        }
        messages.clear();
        tokens = null;
    }
}

package io.barista.engine.scheduler;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.FinishReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears what becomes of a sequence; called on the engine loop, several times a step, and allocates nothing. */
public interface SequenceOwner {

    /** For sequences whose tokens are read elsewhere. */
    SequenceOwner NOBODY = new SequenceOwner() {

        @Override
        public void onPlanned(Sequence sequence, long nanos) {}

        @Override
        public void onPromptLogprobs(List<TokenLogprobs> logprobs) {}

        @Override
        public void onToken(Sequence sequence, int token, @Nullable TokenLogprobs logprobs,
                @Nullable FinishReason finish) {}
    };

    /** The sequence has a place in the step that is about to run. */
    void onPlanned(Sequence sequence, long nanos);

    /** Some more prompt tokens, in order, beginning with the second. */
    void onPromptLogprobs(List<TokenLogprobs> logprobs);

    /**
     * The sequence got its next token.
     *
     * @param finish why it is the last; null when it is not
     */
    void onToken(Sequence sequence, int token, @Nullable TokenLogprobs logprobs, @Nullable FinishReason finish);
}

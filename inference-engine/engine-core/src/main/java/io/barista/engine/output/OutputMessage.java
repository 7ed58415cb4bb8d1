package io.barista.engine.output;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.EngineException;
import io.barista.engine.FinishReason;
import org.jspecify.annotations.Nullable;

/** What the engine loop tells the output thread. */
public sealed interface OutputMessage {

    /** The first sequence of a request got its first blocks. */
    record Started(RequestOutput request, int cachedTokens, long nanos) implements OutputMessage {}

    /**
     * A sequence got a token.
     *
     * @param finish      why it is its last; null when it is not
     * @param isStopToken whether the token itself ended the sequence, so that it is no text
     * @param preemptions how often the sequence was preempted so far
     * @param nanos       when
     */
    record Token(RequestOutput request, int sample, int token, @Nullable TokenLogprobs logprobs,
            @Nullable FinishReason finish, boolean isStopToken, int preemptions,
            long nanos) implements OutputMessage {}

    /** A request was aborted and holds nothing any more. */
    record Aborted(RequestOutput request, long nanos) implements OutputMessage {}

    /** The engine loop has ended; nothing follows. */
    record Stopped(EngineException reason) implements OutputMessage {}
}

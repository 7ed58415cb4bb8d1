package io.barista.engine.output;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.EngineException;
import io.barista.engine.beam.Beam;
import java.util.List;

/** What the engine loop tells the output thread. */
public sealed interface OutputMessage permits OutputMessage.Started, OutputMessage.PromptTokens, TokenBatch,
        OutputMessage.Beams, OutputMessage.Aborted, OutputMessage.Failed, OutputMessage.Stopped {

    /** The first sequence of a request got its first blocks. */
    record Started(RequestOutput request, int cachedTokens, long nanos) implements OutputMessage {}

    /** The log-probabilities of some more tokens of a request's prompt. */
    record PromptTokens(RequestOutput request, List<TokenLogprobs> logprobs) implements OutputMessage {}

    /** A search has ended. */
    record Beams(RequestOutput request, List<Beam> answers, long nanos) implements OutputMessage {}

    /** A request was aborted and holds nothing any more. */
    record Aborted(RequestOutput request, long nanos) implements OutputMessage {}

    /** A request was given up and holds nothing any more. */
    record Failed(RequestOutput request, EngineException reason, long nanos) implements OutputMessage {}

    /** The engine loop has ended; nothing follows. */
    record Stopped(EngineException reason) implements OutputMessage {}
}

package io.barista.modelservice.request;

import io.barista.engine.GenerationRequest;
import io.barista.engine.SamplingParams;
import io.barista.engine.grammar.OutputConstraint;
import io.barista.openai.SamplingFields;
import io.barista.openai.ServingFields;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/** What is served, from what was asked. */
public final class GenerationRequests {

    private GenerationRequests() {}

    /**
     * @param engineId   unique while the request lives
     * @param constraint what every sample must look like; null for any text
     */
    public static GenerationRequest of(String engineId, int[] prompt, SamplingParams sampling, ServingFields fields,
            Arrival arrival, @Nullable OutputConstraint constraint) {
        if (constraint != null && sampling.beams() != null) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, "use_beam_search",
                    "Beam search cannot be combined with structured outputs or a thinking budget.");
        }
        if (fields.cacheSalt() != null && fields.cacheSalt().isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "cache_salt",
                    "Parameter 'cache_salt' must be a non-empty string if provided.");
        }
        return new GenerationRequest(engineId, prompt, sampling, priority(fields, arrival), fields.cacheSalt(),
                arrival.timeout(), constraint);
    }

    private static int priority(ServingFields fields, Arrival arrival) {
        return fields.priority() == 0 && arrival.priority() != null ? arrival.priority() : fields.priority();
    }

    /** @throws ApiException for what is only known when all is done, and so cannot be streamed */
    public static void requireStreamable(boolean stream, SamplingFields fields) {
        if (stream && fields.useBeamSearch()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "stream", "Streaming is not supported with beam search.");
        }
    }
}

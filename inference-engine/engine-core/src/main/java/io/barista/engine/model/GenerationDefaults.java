package io.barista.engine.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a model's generation_config.json recommends where a request is silent; empty where it says nothing.
 *
 * @param temperature 0 when the file says {@code "do_sample": false}
 * @param eosTokenIds end tokens of generation_config.json and config.json together
 */
public record GenerationDefaults(OptionalDouble temperature, OptionalDouble topP, OptionalInt topK, OptionalDouble minP,
        OptionalDouble repetitionPenalty, OptionalInt maxNewTokens, List<Integer> eosTokenIds,
        Optional<Integer> bosTokenId) {}

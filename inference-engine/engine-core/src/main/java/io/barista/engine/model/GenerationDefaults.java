package io.barista.engine.model;

import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a model's generation_config.json recommends where a request is silent; empty where it says nothing.
 *
 * @param temperature 0 when the file says {@code "do_sample": false}
 * @param eosTokenIds end tokens of generation_config.json and config.json together
 */
public record GenerationDefaults(OptionalDouble temperature, OptionalDouble topP, OptionalInt topK, OptionalDouble minP,
        OptionalDouble repetitionPenalty, OptionalInt maxNewTokens, List<Integer> eosTokenIds) {

    /** The keys that are read; others change nothing. */
    static final Set<String> KEYS = Collections
            .unmodifiableSet(new TreeSet<>(Set.of("do_sample", "temperature", "top_p", "top_k", "min_p",
                    "repetition_penalty", "max_new_tokens", "eos_token_id")));

    /** No recommendations. */
    static GenerationDefaults none(List<Integer> eosTokenIds) {
        return new GenerationDefaults(OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(),
                OptionalDouble.empty(), OptionalDouble.empty(), OptionalInt.empty(), eosTokenIds);
    }

    static GenerationDefaults read(ConfigFields file, List<Integer> eosOfConfig) {
        boolean greedy = !file.flag("do_sample", true);
        return new GenerationDefaults(
                greedy ? OptionalDouble.of(0) : inRange(file, "temperature", 0, 2),
                inRange(file, "top_p", Double.MIN_NORMAL, 1),
                topK(file),
                inRange(file, "min_p", 0, 1),
                inRange(file, "repetition_penalty", Double.MIN_NORMAL, Double.MAX_VALUE),
                file.optionalSize("max_new_tokens").map(OptionalInt::of).orElse(OptionalInt.empty()),
                Stream.concat(file.ints("eos_token_id").stream(), eosOfConfig.stream()).distinct().toList());
    }

    /** These, and {@code other}'s wherever it says something. */
    GenerationDefaults overriddenBy(GenerationDefaults other) {
        return new GenerationDefaults(
                other.temperature.isPresent() ? other.temperature : temperature,
                other.topP.isPresent() ? other.topP : topP,
                other.topK.isPresent() ? other.topK : topK,
                other.minP.isPresent() ? other.minP : minP,
                other.repetitionPenalty.isPresent() ? other.repetitionPenalty : repetitionPenalty,
                other.maxNewTokens.isPresent() ? other.maxNewTokens : maxNewTokens,
                Stream.concat(eosTokenIds.stream(), other.eosTokenIds.stream()).distinct().toList());
    }

    private static OptionalInt topK(ConfigFields file) {
        return file.optionalInt("top_k").map(value -> {
            if (value < -1) {
                throw file.wrong("top_k", "at least 1, or 0 or -1 for off", value);
            }
            return OptionalInt.of(value);
        }).orElse(OptionalInt.empty());
    }

    private static OptionalDouble inRange(ConfigFields file, String key, double least, double most) {
        OptionalDouble value = file.optionalNumber(key);
        if (value.isPresent() && (value.getAsDouble() < least || value.getAsDouble() > most)) {
            throw file.wrong(key, "from " + least + " to " + most, value.getAsDouble());
        }
        return value;
    }
}

package io.barista.cli.offline;

import io.barista.engine.SamplingParams;
import io.barista.engine.model.GenerationDefaults;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The sampling fields of a request as flags, but for the seed, which is the engine's {@code --seed}; what is absent follows the model's generation_config.json. */
final class SamplingFlags {

    @Option(names = "--max-tokens", paramLabel = "N", description = "Tokens to generate at most. Default: 256")
    private @Nullable Integer maxTokens;

    @Option(names = "--min-tokens", paramLabel = "N", description = "Tokens before the text may end.")
    private int minTokens;

    @Option(names = "--temperature", paramLabel = "T", description = "0 always takes the most probable token.")
    private @Nullable Double temperature;

    @Option(names = "--top-p", paramLabel = "P",
            description = "Draws from the most probable tokens that have this share.")
    private @Nullable Double topP;

    @Option(names = "--top-k", paramLabel = "K", description = "Draws from the K most probable tokens; 0 is off.")
    private @Nullable Integer topK;

    @Option(names = "--min-p", paramLabel = "P",
            description = "Leaves out tokens below this share of the best one's probability.")
    private @Nullable Double minP;

    @Option(names = "--repetition-penalty", paramLabel = "R", description = "Above 1 makes known tokens less probable.")
    private @Nullable Double repetitionPenalty;

    @Option(names = "--presence-penalty", paramLabel = "P",
            description = "Subtracted from the logits of generated tokens.")
    private double presencePenalty;

    @Option(names = "--frequency-penalty", paramLabel = "F",
            description = "The same for each time a token was generated.")
    private double frequencyPenalty;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Ends the text; may be given several times.")
    private List<String> stop = List.of();

    @Option(names = "--ignore-eos", description = "Goes on to --max-tokens.")
    private boolean ignoreEos;

    private static final int DEFAULT_MAX_TOKENS = 256;

    SamplingParams over(GenerationDefaults model) {
        return SamplingParams.greedy(maxTokens != null ? maxTokens : model.maxNewTokens().orElse(DEFAULT_MAX_TOKENS))
                .minTokens(minTokens).temperature(temperature != null ? temperature : model.temperature().orElse(1))
                .topP(topP != null ? topP : model.topP().orElse(1)).topK(topK != null ? topK : model.topK().orElse(0))
                .minP(minP != null ? minP : model.minP().orElse(0))
                .repetitionPenalty(
                        repetitionPenalty != null ? repetitionPenalty : model.repetitionPenalty().orElse(1))
                .presencePenalty(presencePenalty).frequencyPenalty(frequencyPenalty).stop(stop).ignoreEos(ignoreEos)
                .build();
    }
}

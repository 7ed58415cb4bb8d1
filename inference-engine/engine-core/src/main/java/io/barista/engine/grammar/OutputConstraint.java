package io.barista.engine.grammar;

import io.barista.engine.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the samples of one request must look like; {@link GrammarCompiler#constraint} makes it. Immutable: every sample follows it with
 * a {@link ConstrainedOutput} of its own.
 */
public final class OutputConstraint {

    private final Tokenizer tokenizer;
    private final List<Integer> endTokens;
    private final @Nullable CompiledGrammar grammar;
    private final @Nullable ReasoningSpan reasoning;

    OutputConstraint(Tokenizer tokenizer, List<Integer> endTokens, @Nullable CompiledGrammar grammar,
            @Nullable ReasoningSpan reasoning) {
        this.tokenizer = tokenizer;
        this.endTokens = endTokens;
        this.grammar = grammar;
        this.reasoning = reasoning;
    }

    /** @param stopTokens further ids that end the output, which are allowed where the grammar may end */
    public ConstrainedOutput start(List<Integer> stopTokens) {
        int[] ends = Stream.concat(endTokens.stream(), stopTokens.stream()).mapToInt(Integer::intValue).toArray();
        ReasoningPhase phase = reasoning == null
                ? null
                : new ReasoningPhase(tokens(reasoning.openingTag()), tokens(reasoning.closingTag()),
                        reasoning.closingTag().getBytes(StandardCharsets.UTF_8), reasoning.startsInside(),
                        reasoning.budget() == null ? Integer.MAX_VALUE : reasoning.budget());
        return new ConstrainedOutput(tokenizer, grammar, phase, ends);
    }

    /** A tag is one token, or what the tokenizer makes of it. */
    private int[] tokens(String tag) {
        return tokenizer.id(tag).stream().boxed().findFirst().map(id -> IntStream.of(id).toArray())
                .orElseGet(() -> tokenizer.encode(tag, false));
    }
}

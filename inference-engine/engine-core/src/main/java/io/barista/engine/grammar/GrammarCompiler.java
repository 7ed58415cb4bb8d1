package io.barista.engine.grammar;

import io.barista.engine.grammar.automaton.Automaton;
import io.barista.engine.grammar.automaton.AutomatonCompiler;
import io.barista.engine.grammar.syntax.Grammar;
import io.barista.engine.grammar.syntax.GrammarException;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compiles grammars for one model's vocabulary and remembers the latest. Thread-safe; runs on its callers' threads, never on the
 * engine's.
 */
public final class GrammarCompiler {

    private static final int REMEMBERED_GRAMMARS = 128;
    private static final int REMEMBERED_RULES = 64;

    /** Masks that are made at once: the first states reached, which every output passes. */
    private static final long EAGER_NANOS = 15_000_000;

    private record LeafRule(int[] content) {

        @Override
        public boolean equals(Object other) {
            return other instanceof LeafRule(int[] that) && Arrays.equals(content, that);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }
    }

    private final Tokenizer tokenizer;
    private final List<Integer> endTokens;
    private final Supplier<TokenVocabulary> vocabulary;
    private final LruCache<StructuredOutput, CompiledGrammar> grammars = new LruCache<>(REMEMBERED_GRAMMARS);
    /** Strings and numbers are the same in every schema, and their masks are the largest. */
    private final LruCache<LeafRule, AtomicReferenceArray<StateMask>> leafRules = new LruCache<>(REMEMBERED_RULES);

    /**
     * @param vocabularySize of the model's logits
     * @param endTokens      ids that end an output
     */
    public GrammarCompiler(Tokenizer tokenizer, int vocabularySize, List<Integer> endTokens) {
        this.tokenizer = tokenizer;
        this.endTokens = List.copyOf(endTokens);
        this.vocabulary = new Lazy<>(() -> new TokenVocabulary(tokenizer, vocabularySize));
    }

    /**
     * @throws GrammarException when it cannot be enforced, with the reason
     */
    public CompiledGrammar compile(StructuredOutput output) {
        CompiledGrammar known = grammars.get(output);
        if (known != null) {
            return known;
        }
        CompiledGrammar compiled = compile(output.grammar());
        grammars.put(output, compiled);
        return compiled;
    }

    /**
     * @param grammar   what the answer follows; null for any answer
     * @param reasoning what may come before the answer; null for nothing
     */
    public OutputConstraint constraint(@Nullable CompiledGrammar grammar, @Nullable ReasoningSpan reasoning) {
        return new OutputConstraint(tokenizer, endTokens, grammar, reasoning);
    }

    /** Prepares what every grammar needs; takes a second for a large vocabulary, at the first call only. */
    public void warmUp() {
        compile(new StructuredOutput.JsonObject(Whitespace.FLEXIBLE));
    }

    /** Forgets the grammars it knows; what all grammars share stays. */
    void forget() {
        grammars.clear();
    }

    private CompiledGrammar compile(Grammar grammar) {
        Automaton automaton = AutomatonCompiler.compile(grammar);
        TokenVocabulary tokens = vocabulary.get();
        VocabularyWalk walk = new VocabularyWalk(automaton, tokens);
        MaskTable table = new MaskTable(automaton, this::leafMasks);
        CompiledGrammar compiled = new CompiledGrammar(automaton, tokens, table);
        long deadline = System.nanoTime() + EAGER_NANOS;
        for (int state = 0; state < automaton.states() && System.nanoTime() < deadline; state++) {
            if (automaton.reads(state)) {
                compiled.mask(state, walk);
            }
        }
        return compiled;
    }

    private AtomicReferenceArray<StateMask> leafMasks(int[] content, int states) {
        return leafRules.computeIfAbsent(new LeafRule(content), () -> new AtomicReferenceArray<>(states));
    }
}

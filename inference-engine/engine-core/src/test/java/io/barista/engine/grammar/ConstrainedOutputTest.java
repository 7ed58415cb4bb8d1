package io.barista.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConstrainedOutputTest {

    private static final int OPEN = 257;
    private static final int CLOSE = 258;
    private static final int CLOSE_AND_BREAK = 259;

    private final ByteVocabulary vocabulary = new ByteVocabulary("<think>", "</think>", "</think>\n\n");
    private final GrammarCompiler compiler = new GrammarCompiler(vocabulary, vocabulary.vocabSize(),
            List.of(ByteVocabulary.END));

    @Test
    void allowsTheEndWhereTheGrammarMayEndAndNothingElseWhereItMust() {
        ConstrainedOutput output = start("ab?", null);

        assertThat(allowed(output)).containsExactly('a');
        output.accept('a');
        assertThat(allowed(output)).containsExactly('b', ByteVocabulary.END);
        output.accept('b');
        assertThat(allowed(output)).containsExactly(ByteVocabulary.END);
        assertThat(output.isComplete()).isFalse();
        output.accept(ByteVocabulary.END);
        assertThat(output.isComplete()).isTrue();
        assertThat(output.isBroken()).isFalse();
    }

    @Test
    void beginsAfterTheReasoningThatThePromptOpened() {
        ConstrainedOutput output = start("ab?", span(true, null));

        accept(output, "let me think </thin");
        assertThat(allowed(output)).hasSize(vocabulary.vocabSize());
        accept(output, "k>");
        assertThat(allowed(output)).containsExactly('a');
    }

    @Test
    void letsTheModelOpenReasoningItselfOrAnswerAtOnce() {
        ConstrainedOutput thinking = start("ab?", span(false, null));
        assertThat(allowed(thinking)).containsExactly('a', OPEN);
        thinking.accept(OPEN);
        assertThat(allowed(thinking)).hasSize(vocabulary.vocabSize());
        thinking.accept(CLOSE_AND_BREAK);
        assertThat(allowed(thinking)).containsExactly('a');
        assertThat(thinking.isBroken()).isFalse();

        ConstrainedOutput answering = start("ab?", span(false, null));
        answering.accept('a');
        assertThat(allowed(answering)).containsExactly('b', ByteVocabulary.END);
    }

    @Test
    void closesTheReasoningWhenItsBudgetIsSpent() {
        ConstrainedOutput output = start(null, span(true, 2));

        accept(output, "x");
        assertThat(allowed(output)).hasSize(vocabulary.vocabSize());
        accept(output, "y");
        assertThat(allowed(output)).containsExactly(CLOSE);
        output.accept(CLOSE);
        assertThat(allowed(output)).hasSize(vocabulary.vocabSize());
    }

    @Test
    void isBrokenByATokenThatWasNotAllowed() {
        ConstrainedOutput output = start("ab?", null);

        output.accept('x');

        assertThat(output.isBroken()).isTrue();
    }

    private static ReasoningSpan span(boolean startsInside, @Nullable Integer budget) {
        return new ReasoningSpan(startsInside, "<think>", "</think>", budget);
    }

    private ConstrainedOutput start(@Nullable String pattern, @Nullable ReasoningSpan span) {
        return compiler.constraint(pattern == null ? null : compiler.compile(new StructuredOutput.Regex(pattern)), span)
                .start(List.of());
    }

    private static void accept(ConstrainedOutput output, String text) {
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            output.accept(value & 0xFF);
        }
    }

    private int[] allowed(ConstrainedOutput output) {
        float[] logits = new float[vocabulary.vocabSize()];
        Arrays.fill(logits, 1);
        output.apply(logits);
        return IntStream.range(0, logits.length).filter(token -> logits[token] == 1).toArray();
    }
}

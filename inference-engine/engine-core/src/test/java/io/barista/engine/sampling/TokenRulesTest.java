package io.barista.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.EngineException;
import io.barista.engine.SamplingParams;
import io.barista.engine.TestRequests;
import io.barista.engine.goldens.SharedGoldens;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenRulesTest {

    private static final Tokenizer TOKENIZER = ModelFolder.open(SharedGoldens.demoModel()).tokenizer();
    private static final float GONE = Float.NEGATIVE_INFINITY;

    @Test
    void leavesNothingButAllowedTokens() {
        assertThat(applied(TestRequests.sampling().allowed(3, 1), 1, 2, 3, 4)).containsExactly(GONE, 2, GONE, 4);
    }

    @Test
    void biasesWhatIsAllowedAndCannotBringBackWhatIsNot() {
        assertThat(applied(TestRequests.sampling().allowed(0, 1).bias(Map.of(1, -3f, 2, 100f)), 1, 2, 3, 4))
                .containsExactly(1, -1, GONE, GONE);
    }

    @Test
    void biasesComeBeforePenalties() {
        SamplingRecipe recipe = TestRequests.sampling().temperature(1).bias(Map.of(1, 4f)).penalties(2, 0, 0).recipe();
        double[] probabilities = new Sampler(3).distribution(new float[]{0, 0, 0}, recipe, new int[]{1}, 1, 1);

        // (0 + 4) / 2 = 2; the other way round it would be 0 / 2 + 4 = 4.
        assertThat(probabilities[1] / probabilities[0]).isCloseTo(Math.exp(2), within(1e-9));
    }

    @Test
    void forbidsTheLastTokenOfABadWordOnceTheOthersAreThere() {
        int[] word = TOKENIZER.encode("Barista serves", false);
        assertThat(word.length).isGreaterThan(1);
        int last = word[word.length - 1];
        int[] begun = Arrays.copyOf(word, word.length - 1);

        assertThat(forbidden("Barista serves", begun)).contains(last);
        assertThat(forbidden("Barista serves", new int[]{5, 6, 7, 8})).doesNotContain(last);
        assertThat(forbidden("Barista serves", new int[]{})).isEmpty();
    }

    @Test
    void doesNotTakeThePromptForTheBeginningOfABadWord() {
        int[] word = TOKENIZER.encode("Barista serves", false);
        float[] logits = new float[TOKENIZER.vocabSize()];
        rules(TestRequests.sampling().badWords("Barista serves")).apply(logits, word, word.length - 1, word.length - 1);

        assertThat(IntStream.range(0, logits.length).filter(id -> logits[id] == GONE)).isEmpty();
    }

    @Test
    void forbidsAShortBadWordWithAndWithoutTheSpaceBeforeIt() {
        int bare = only(TOKENIZER.encode("a", false));
        int spaced = only(TOKENIZER.encode(" a", false));

        assertThat(forbidden("a", new int[]{})).containsExactlyInAnyOrder(bare, spaced);
    }

    @Test
    void refusesABadWordWithoutTokens() {
        assertThatThrownBy(() -> rules(TestRequests.sampling().badWords(" "))).isInstanceOf(EngineException.class)
                .hasMessageContaining("bad_words");
    }

    private static int only(int[] tokens) {
        assertThat(tokens).hasSize(1);
        return tokens[0];
    }

    private static List<Integer> forbidden(String word, int[] output) {
        float[] logits = new float[TOKENIZER.vocabSize()];
        int[] tokens = IntStream.concat(IntStream.of(9), Arrays.stream(output)).toArray();
        rules(TestRequests.sampling().badWords(word)).apply(logits, tokens, 1, tokens.length);
        return IntStream.range(0, logits.length).filter(id -> logits[id] == GONE).boxed().toList();
    }

    private static float[] applied(TestRequests sampling, float... logits) {
        rules(sampling).apply(logits, new int[]{0}, 1, 1);
        return logits;
    }

    private static TokenRules rules(TestRequests sampling) {
        SamplingParams params = sampling.build();
        return TokenRules.of(params, List.of(), TOKENIZER);
    }
}

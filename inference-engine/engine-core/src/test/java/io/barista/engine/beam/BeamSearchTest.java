package io.barista.engine.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.SamplingParams;
import io.barista.engine.TestRequests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A language of five words whose probabilities are a function of what came before. */
class BeamSearchTest {

    private static final int WORDS = 5;
    private static final int END = 4;
    private static final int[] PROMPT = {1, 2};

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void findsWhatVllmsSearchFinds(@ForAll long language, @ForAll @IntRange(min = 1, max = 4) int width,
            @ForAll @IntRange(min = 1, max = 6) int maxTokens, @ForAll @DoubleRange(min = -1, max = 2) double penalty,
            @ForAll boolean ignoreEnd, @ForAll boolean keepEnd) {
        TestRequests sampling = TestRequests.sampling().samples(width).maxTokens(maxTokens);
        if (ignoreEnd) {
            sampling.ignoreEos();
        }
        if (keepEnd) {
            sampling.includeStop();
        }
        SamplingParams params = sampling.build();
        BeamSearch search = new BeamSearch(PROMPT, params, new SamplingParams.Beams(penalty, false),
                PROMPT.length + maxTokens, List.of(END));
        while (!search.live().isEmpty()) {
            search.expand(search.live().stream().map(beam -> choices(language, beam.tokens(), width)).toList());
        }

        List<Hypothesis> expected = vllm(language, width, maxTokens, penalty, ignoreEnd, keepEnd);
        List<Beam> answers = search.answers();
        assertThat(answers).hasSameSizeAs(expected);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).tokens()).isEqualTo(expected.get(i).tokens);
            assertThat(answers.get(i).cumulative()).isCloseTo(expected.get(i).logprob, within(1e-9));
            assertThat(answers.get(i).ended()).isEqualTo(expected.get(i).ended);
        }
    }

    @Test
    void widerBeamsFindMoreProbableAnswers() {
        assertThat(best(64).cumulative()).isGreaterThanOrEqualTo(best(1).cumulative());
    }

    @Test
    void stopsEarlyWhenAskedOnceEnoughBeamsHaveEnded() {
        BeamSearch search = new BeamSearch(PROMPT, TestRequests.sampling().samples(1).maxTokens(50).build(),
                new SamplingParams.Beams(-5, true), 52, List.of(END));
        int steps = 0;
        while (!search.live().isEmpty()) {
            search.expand(search.live().stream().map(_ -> endsAreLikely()).toList());
            steps++;
        }

        assertThat(steps).isEqualTo(1);
        assertThat(search.answers().getFirst().ended()).isTrue();
    }

    private static TokenLogprobs endsAreLikely() {
        List<TokenLogprob> top = List.of(new TokenLogprob(0, -0.1f), new TokenLogprob(END, -0.2f));
        return new TokenLogprobs(top.getFirst(), 1, top);
    }

    private static Beam best(int width) {
        BeamSearch search = new BeamSearch(PROMPT,
                TestRequests.sampling().samples(width).maxTokens(3).ignoreEos().build(),
                new SamplingParams.Beams(1, false), 5, List.of());
        while (!search.live().isEmpty()) {
            search.expand(search.live().stream().map(beam -> choices(11, beam.tokens(), width)).toList());
        }
        return search.answers().getFirst();
    }

    private static final class Hypothesis {

        final int[] tokens;
        final double logprob;
        final boolean ended;

        Hypothesis(int[] tokens, double logprob, boolean ended) {
            this.tokens = tokens;
            this.logprob = logprob;
            this.ended = ended;
        }

        double score(double penalty) {
            int length = tokens[tokens.length - 1] == END && ended ? tokens.length - 1 : tokens.length;
            return logprob / Math.pow(length, penalty);
        }
    }

    /** Line by line after vLLM's loop: every step to the end, whatever is known by then. */
    private static List<Hypothesis> vllm(long language, int width, int maxTokens, double penalty, boolean ignoreEnd,
            boolean keepEnd) {
        List<Hypothesis> all = List.of(new Hypothesis(PROMPT, 0, false));
        List<Hypothesis> completed = new ArrayList<>();
        Comparator<Hypothesis> byScore = Comparator.comparingDouble((Hypothesis beam) -> beam.score(penalty))
                .reversed();
        for (int step = 0; step < maxTokens; step++) {
            List<Hypothesis> grown = new ArrayList<>();
            for (Hypothesis beam : all) {
                for (TokenLogprob next : choices(language, beam.tokens, width).top()) {
                    int[] tokens = Arrays.copyOf(beam.tokens, beam.tokens.length + 1);
                    tokens[beam.tokens.length] = next.token();
                    double logprob = beam.logprob + next.logprob();
                    if (next.token() == END && !ignoreEnd) {
                        completed.add(new Hypothesis(keepEnd ? tokens : beam.tokens, logprob, true));
                    } else {
                        grown.add(new Hypothesis(tokens, logprob, false));
                    }
                }
            }
            all = grown.stream().sorted(byScore).limit(width).toList();
        }
        completed.addAll(all);
        return completed.stream().sorted(byScore).limit(width).toList();
    }

    /** The most probable words after these, of a random language. */
    private static TokenLogprobs choices(long language, int[] tokens, int width) {
        Random random = new Random(language * 31 + Arrays.hashCode(tokens));
        double[] weights = IntStream.range(0, WORDS).mapToDouble(_ -> random.nextDouble() + 0.01).toArray();
        double sum = Arrays.stream(weights).sum();
        List<TokenLogprob> top = IntStream.range(0, WORDS)
                .mapToObj(word -> new TokenLogprob(word, (float) Math.log(weights[word] / sum)))
                .sorted(Comparator.comparingDouble(TokenLogprob::logprob).reversed())
                .limit(BeamSearch.choices(width)).toList();
        return new TokenLogprobs(top.getFirst(), 1, top);
    }
}

package io.barista.engine.beam;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A possible answer.
 *
 * @param tokens     prompt and answer; without the end token that ended it, unless that is wanted
 * @param cumulative log-probability of the answer, its end included
 * @param logprobs   one entry for each token chosen, its end included
 * @param parent     which of the former step's live beams it continues
 * @param ended      whether by an end token
 * @param length     tokens that its score counts: the prompt's too, the end token not
 */
public record Beam(int[] tokens, double cumulative, List<TokenLogprobs> logprobs, int parent, boolean ended,
        int length) {

    static Beam ofPrompt(int[] prompt) {
        return new Beam(prompt, 0, List.of(), 0, false, prompt.length);
    }

    /** @param rank the next token's, from 1 */
    Beam continued(int index, TokenLogprob next, int rank, TokenLogprobs choices, boolean ends, boolean keepEnd) {
        List<TokenLogprobs> more = new ArrayList<>(logprobs);
        more.add(new TokenLogprobs(next, rank, choices.top()));
        int[] grown = tokens;
        if (!ends || keepEnd) {
            grown = Arrays.copyOf(tokens, tokens.length + 1);
            grown[tokens.length] = next.token();
        }
        return new Beam(grown, cumulative + next.logprob(), more, index, ends, tokens.length + (ends ? 0 : 1));
    }

    /** vLLM's: log-probability divided by a power of the length. */
    double score(double lengthPenalty) {
        return cumulative / Math.pow(length, lengthPenalty);
    }
}

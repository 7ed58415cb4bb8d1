package io.barista.engine.beam;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.SamplingParams;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * vLLM's beam search: each step continues every live beam with its 2·width most probable tokens and keeps the best width of all that
 * did not end. Ends when the answers are as long as they may be or, with the same result but sooner, when no live beam can become
 * better than what has ended. Knows nothing of how logits come about.
 */
public final class BeamSearch {

    private final int width;
    private final int maxLength;
    private final double lengthPenalty;
    private final boolean earlyStopping;
    private final boolean keepEnd;
    private final Collection<Integer> ends;

    private List<Beam> live;
    private final List<Beam> completed = new ArrayList<>();

    /**
     * @param maxLength tokens of prompt and answer
     * @param endTokens the model's own
     */
    public BeamSearch(int[] prompt, SamplingParams params, SamplingParams.Beams beams, int maxLength,
            Collection<Integer> endTokens) {
        this.width = params.n();
        this.maxLength = maxLength;
        this.lengthPenalty = beams.lengthPenalty();
        this.earlyStopping = beams.earlyStopping();
        this.keepEnd = params.includeStopString();
        this.ends = params.ignoreEos() ? List.of() : List.copyOf(endTokens);
        this.live = List.of(Beam.ofPrompt(prompt));
    }

    /** How many of the most probable tokens each beam must come with. */
    public static int choices(int width) {
        return 2 * width;
    }

    /** The beams to be continued, best first; empty when the search is over. */
    public List<Beam> live() {
        return live;
    }

    /** @param next for each live beam its most probable next tokens, {@link #choices} of them */
    public void expand(List<TokenLogprobs> next) {
        List<Beam> candidates = new ArrayList<>();
        for (int i = 0; i < live.size(); i++) {
            List<TokenLogprob> top = next.get(i).top();
            for (int rank = 0; rank < top.size(); rank++) {
                boolean isEnd = ends.contains(top.get(rank).token());
                Beam beam = live.get(i).continued(i, top.get(rank), rank + 1, next.get(i), isEnd, keepEnd);
                (isEnd ? completed : candidates).add(beam);
            }
        }
        int length = live.getFirst().tokens().length + 1;
        live = best(candidates);
        if (length >= maxLength) {
            completed.addAll(live);
            live = List.of();
        } else if (isDecided()) {
            live = List.of();
        }
    }

    /** The answers, best first, at most width; once the search is over. */
    public List<Beam> answers() {
        return best(completed);
    }

    private boolean isDecided() {
        if (completed.size() < width || live.isEmpty()) {
            return false;
        }
        if (earlyStopping) {
            return true;
        }
        // Probabilities only fall, so a live beam is at its best as it is now, at the length that its score likes most.
        int length = lengthPenalty > 0 ? maxLength : live.getFirst().tokens().length;
        double most = live.stream().mapToDouble(Beam::cumulative).max().orElseThrow() / Math.pow(length, lengthPenalty);
        return most <= answers().getLast().score(lengthPenalty);
    }

    private List<Beam> best(List<Beam> beams) {
        return beams.stream().sorted(Comparator.comparingDouble((Beam beam) -> beam.score(lengthPenalty)).reversed())
                .limit(width).toList();
    }
}

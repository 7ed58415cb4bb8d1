package io.barista.engine;

import io.barista.engine.grammar.ConstrainedOutput;
import io.barista.engine.scheduler.Sequence;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a sequence's newest token is its last, by vLLM's order: min_tokens, end tokens, stop tokens, length. A token behind the
 * end of a grammar's text ends it as well.
 */
final class StopCheck {

    private final List<Integer> endTokens;
    private final int[] sortedEndTokens;

    StopCheck(List<Integer> endTokens) {
        this.endTokens = List.copyOf(endTokens);
        this.sortedEndTokens = endTokens.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** The model's own. */
    List<Integer> endTokens() {
        return endTokens;
    }

    /** Null while it goes on. */
    @Nullable
    FinishReason check(Sequence sequence) {
        ConstrainedOutput constraint = sequence.constraint();
        if (constraint != null && constraint.isBroken()) {
            return FinishReason.ABORT;
        }
        if (isStopToken(sequence) || constraint != null && constraint.isComplete()) {
            return FinishReason.STOP;
        }
        return sequence.isAtMaxLength() ? FinishReason.LENGTH : null;
    }

    private boolean isStopToken(Sequence sequence) {
        SamplingParams sampling = sequence.sampling();
        if (sequence.outputLength() < sampling.minTokens()) {
            return false;
        }
        int token = sequence.tokens()[sequence.length() - 1];
        return !sampling.ignoreEos() && Arrays.binarySearch(sortedEndTokens, token) >= 0
                || !sampling.stopTokenIds().isEmpty() && sampling.stopTokenIds().contains(token);
    }
}

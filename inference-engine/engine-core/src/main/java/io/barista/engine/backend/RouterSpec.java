package io.barista.engine.backend;

/**
 * How a mixture chooses the experts of a row from the router's logits. Scores are turned to probabilities; experts of the groups
 * that are not kept are out; of the rest the best {@code perToken} are chosen, by probability plus correction where there is one. The
 * weights of the chosen are their probabilities, without correction.
 *
 * @param experts     all of them
 * @param perToken    experts chosen for each row
 * @param groups      equal runs of neighbouring experts; 1 where experts are not grouped
 * @param keptGroups  groups that experts may be chosen from
 * @param renormalise whether the weights of a row's experts are divided by their sum
 * @param scale       factor on the weights, after that
 */
public record RouterSpec(int experts, int perToken, Scoring scoring, int groups, int keptGroups, GroupScore groupScore,
        boolean renormalise, float scale) {

    public RouterSpec {
        if (perToken < 1 || perToken > experts || groups < 1 || experts % groups != 0 || keptGroups < 1
                || keptGroups > groups || (long) keptGroups * (experts / groups) < perToken) {
            throw new IllegalArgumentException("%d of %d experts, from %d of %d groups".formatted(perToken, experts,
                    keptGroups, groups));
        }
    }

    /** Without groups. */
    public static RouterSpec ungrouped(int experts, int perToken, Scoring scoring, boolean renormalise, float scale) {
        return new RouterSpec(experts, perToken, scoring, 1, 1, GroupScore.BEST, renormalise, scale);
    }

    /** From logits to probabilities. */
    public enum Scoring {
        /** Over all experts. */
        SOFTMAX,
        /** Each by itself. */
        SIGMOID
    }

    /** By what groups are compared, corrections included. */
    public enum GroupScore {
        /** The largest of the group. */
        BEST,
        /** The sum of the two largest. */
        SUM_OF_BEST_TWO
    }
}

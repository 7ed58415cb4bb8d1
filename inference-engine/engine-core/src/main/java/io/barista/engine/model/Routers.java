package io.barista.engine.model;

import io.barista.engine.backend.RouterSpec;

/** Reads routers of config.json; numbers that do not go together are errors that name their keys. */
final class Routers {

    private static final String PER_TOKEN = "num_experts_per_tok";

    private Routers() {}

    static RouterSpec ungrouped(ConfigFields fields, String expertsKey, RouterSpec.Scoring scoring,
            boolean renormalise) {
        int experts = fields.count(expertsKey);
        return RouterSpec.ungrouped(experts, perToken(fields, expertsKey, experts), scoring, renormalise, 1);
    }

    static int perToken(ConfigFields fields, String expertsKey, int experts) {
        int perToken = fields.size(PER_TOKEN);
        if (perToken > experts) {
            throw fields.wrong(PER_TOKEN, "at most %s=%d".formatted(expertsKey, experts), perToken);
        }
        return perToken;
    }
}

package io.barista.engine.model;

/**
 * What a family calls the weights of its experts, relative to the layer.
 *
 * @param block  under which the router ({@code gate}) and the {@code experts} are
 * @param shared the shared expert
 */
record MixtureNames(String block, String gate, String up, String down, String shared) {

    static final MixtureNames MIXTRAL = new MixtureNames("block_sparse_moe", "w1", "w3", "w2", "");
    static final MixtureNames QWEN = new MixtureNames("mlp", "gate_proj", "up_proj", "down_proj", "mlp.shared_expert");
    static final MixtureNames DEEPSEEK = new MixtureNames("mlp", "gate_proj", "up_proj", "down_proj",
            "mlp.shared_experts");

    String router() {
        return block + ".gate";
    }

    String expert(int index) {
        return block + ".experts." + index + ".";
    }
}

package io.barista.engine.model;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.Linear;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.MixtureWorkspace;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.DecoderWeights.GatedWeights;
import io.barista.engine.model.DecoderWeights.Layer;
import io.barista.engine.model.DecoderWeights.MixtureWeights;
import io.barista.engine.model.DecoderWeights.SharedWeights;
import java.util.HashMap;
import java.util.Map;

/** Runs gated MLPs and mixtures of them, from norm to sum. */
final class FeedForwardBlock {

    private final TensorOps ops;
    private final ResidualStream residual;
    private final int hiddenSize;

    private final DeviceBuffer gateUp; // [T, 2·inner]
    private final DeviceBuffer inner; // [T, inner]
    private final DeviceBuffer sharedResult; // [T, E]
    private final DeviceBuffer sharedGate; // [T]
    private final DeviceBuffer routerLogits; // [T, experts]
    private final Map<MixtureSpec, MixtureWorkspace> workspaces = new HashMap<>();

    FeedForwardBlock(DecoderSpec spec, TensorOps ops, ResidualStream residual, int maxTokens) {
        this.ops = ops;
        this.residual = residual;
        this.hiddenSize = spec.hiddenSize();
        ActivationWidths widths = ActivationWidths.of(spec);
        this.gateUp = ActivationWidths.allocate(ops, "gate_up", maxTokens, widths.gateUp());
        this.inner = ActivationWidths.allocate(ops, "inner", maxTokens, widths.gateUp() / 2);
        this.sharedResult = ActivationWidths.allocate(ops, "shared", maxTokens,
                widths.router() > 0 ? spec.hiddenSize() : 0);
        this.sharedGate = ActivationWidths.allocate(ops, "shared_gate", maxTokens, widths.router() > 0 ? 1 : 0);
        this.routerLogits = ops.allocate("router_logits", DType.FLOAT32,
                Math.max(1, (long) maxTokens * widths.router()));
        for (DecoderSpec.Layer layer : spec.layers()) {
            if (layer.feedForward() instanceof FeedForward.Mixture mixture) {
                workspaces.computeIfAbsent(mixture.spec(), key -> ops.allocateMixture(key, maxTokens));
            }
        }
    }

    void run(Layer weights, int tokens) {
        switch (weights.feedForward()) {
            case GatedWeights gated -> run(weights, gated, tokens);
            case MixtureWeights mixture -> {
                DeviceBuffer hidden = residual.normalise(weights.feedForwardNorm(), tokens);
                run(mixture, hidden, tokens, residual.branch());
                residual.addBranch(tokens, weights.feedForwardResultNorm());
            }
        }
    }

    private void run(Layer weights, GatedWeights mlp, int tokens) {
        FeedForward.Gated gated = mlp.gated();
        ops.normMatmulGated(residual.sum(), weights.feedForwardNorm(), residual.normEps(), mlp.gateUp(),
                gated.activation(), tokens, gated.inner(), residual.normalised(), gateUp, inner);
        residual.add(mlp.down(), inner, tokens, weights.feedForwardResultNorm());
    }

    private void run(GatedWeights weights, DeviceBuffer hidden, int tokens, DeviceBuffer out) {
        FeedForward.Gated gated = weights.gated();
        ops.linear(weights.gateUp(), hidden, tokens, gateUp);
        ops.gatedActivation(gateUp, gated.activation(), tokens, gated.inner(), inner);
        ops.linear(weights.down(), inner, tokens, out);
    }

    private void run(MixtureWeights weights, DeviceBuffer hidden, int tokens, DeviceBuffer out) {
        MixtureWorkspace workspace = workspaces.get(weights.mixture().spec());
        if (workspace == null) {
            throw new IllegalStateException("no workspace for " + weights.mixture().spec());
        }
        ops.linear(weights.router(), hidden, tokens, routerLogits);
        ops.route(routerLogits, weights.correction(), tokens, workspace);
        ops.experts(weights.gateUp(), weights.down(), hidden, tokens, workspace, out);
        SharedWeights shared = weights.shared();
        if (shared != null) {
            addShared(shared, hidden, tokens, out);
        }
    }

    private void addShared(SharedWeights shared, DeviceBuffer hidden, int tokens, DeviceBuffer out) {
        run(shared.expert(), hidden, tokens, sharedResult);
        Linear gate = shared.gate();
        if (gate != null) {
            ops.linear(gate, hidden, tokens, sharedGate);
        }
        ops.addGated(sharedResult, gate == null ? null : sharedGate, tokens, hiddenSize, out);
    }
}

package io.barista.engine.cuda;

import static io.barista.engine.cuda.CudaChecks.address;
import static io.barista.engine.cuda.CudaChecks.requireDifferent;
import static io.barista.engine.cuda.CudaChecks.vector;

import io.barista.engine.backend.DeviceBuffer;
import io.barista.engine.backend.ExpertMatrices;
import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.MixtureWorkspace;
import org.jspecify.annotations.Nullable;

/** Mixtures of experts: each row's choice, and the products of what was chosen. */
final class MixtureOps {

    private final Element element;
    private final DeviceMemory memory;
    private final MixtureKernels kernels;

    MixtureOps(Element element, DeviceMemory memory, MixtureKernels kernels) {
        this.element = element;
        this.memory = memory;
        this.kernels = kernels;
    }

    MixtureWorkspace allocate(MixtureSpec mixture, int maxRows) {
        kernels.requirePossible(mixture);
        return CudaMixture.allocate(mixture, maxRows, element, memory);
    }

    void route(DeviceBuffer logits, @Nullable DeviceBuffer correction, int rows, MixtureWorkspace workspace) {
        CudaMixture mixture = (CudaMixture) workspace;
        int experts = mixture.spec().router().experts();
        mixture.requireRoom(rows);
        kernels.route(address(logits, rows, experts), correction == null ? null : vector(correction, experts), rows,
                mixture);
    }

    void experts(ExpertMatrices gateUp, ExpertMatrices down, DeviceBuffer x, int rows, MixtureWorkspace workspace,
            DeviceBuffer out) {
        requireDifferent("experts", x, out);
        CudaMixture mixture = (CudaMixture) workspace;
        int hidden = mixture.spec().hidden();
        mixture.requireFits((CudaExperts) gateUp, (CudaExperts) down, rows);
        kernels.experts((CudaExperts) gateUp, (CudaExperts) down, address(x, rows, hidden), rows, mixture,
                address(out, rows, hidden));
    }
}

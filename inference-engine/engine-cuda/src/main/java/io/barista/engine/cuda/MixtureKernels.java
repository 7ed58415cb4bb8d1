package io.barista.engine.cuda;

import io.barista.engine.backend.MixtureSpec;
import io.barista.engine.backend.RouterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Mixtures of experts: a router's choice, the rows of each expert together, their products, and each row's sum. No launch depends on
 * what was chosen, so that a recorded step serves every choice.
 */
final class MixtureKernels {

    private static final int MOST_EXPERTS = 1_024;
    private static final int MOST_GROUPS = 64;

    private final Kernel route;
    private final Kernel groupRows;
    private final Kernel combine;
    private final GroupedMatmul grouped;
    private final RowKernels rows;
    private final int vector; // elements of 16 bytes

    MixtureKernels(KernelLoader loader, Element element, GroupedMatmul grouped, RowKernels rows) {
        this.route = loader.load("mixture_route", "route", 32);
        this.groupRows = loader.load("mixture_route", "group_rows", 1_024);
        this.combine = loader.load("mixture_route", "combine", 128);
        this.grouped = grouped;
        this.rows = rows;
        this.vector = 16 / element.bytes();
    }

    /** @throws io.barista.engine.backend.UnsupportedOnBackend for more experts than the kernels take */
    void requirePossible(MixtureSpec spec) {
        RouterSpec router = spec.router();
        if (router.experts() > MOST_EXPERTS || router.groups() > MOST_GROUPS) {
            throw Unsupported.of("%d experts in %d groups".formatted(router.experts(), router.groups()));
        }
        if (spec.hidden() % vector != 0 || spec.inner() % vector != 0) {
            throw Unsupported.of("experts of %d by %d".formatted(spec.hidden(), spec.inner()));
        }
    }

    void route(long logits, @Nullable CudaVector correction, int count, CudaMixture mixture) {
        RouterSpec router = mixture.spec().router();
        int slots = count * router.perToken();
        route.pointer(logits).pointer(correction == null ? 0 : correction.address()).integer(router.experts())
                .integer(router.perToken()).integer(code(router.scoring())).integer(router.groups())
                .integer(router.keptGroups()).integer(code(router.groupScore())).integer(router.renormalise() ? 1 : 0)
                .real(router.scale()).pointer(mixture.chosen()).pointer(mixture.weights()).launch(count, 1, 1);
        groupRows.pointer(mixture.chosen()).integer(slots).integer(router.experts()).integer(router.perToken())
                .pointer(mixture.starts()).pointer(mixture.slotRows()).pointer(mixture.slots()).launch(1, 1, 1);
    }

    void experts(CudaExperts gateUp, CudaExperts down, long x, int count, CudaMixture mixture, long out) {
        MixtureSpec spec = mixture.spec();
        int perToken = spec.router().perToken();
        int slots = count * perToken;
        if (slots == 0) {
            return;
        }
        grouped.multiply(gateUp.packed(), x, mixture.slotRows(), mixture.starts(), slots, mixture.gateUp());
        rows.gatedActivation(mixture.gateUp(), spec.activation(), slots, spec.inner(), mixture.inner());
        grouped.multiply(down.packed(), mixture.inner(), 0, mixture.starts(), slots, mixture.results());
        combine.pointer(mixture.results()).pointer(mixture.slots()).pointer(mixture.weights()).integer(perToken)
                .integer(spec.hidden()).pointer(out).launch(count, 1, 1);
    }

    private static int code(RouterSpec.Scoring scoring) {
        return switch (scoring) {
            case SOFTMAX -> 0;
            case SIGMOID -> 1;
        };
    }

    private static int code(RouterSpec.GroupScore score) {
        return switch (score) {
            case BEST -> 0;
            case SUM_OF_BEST_TWO -> 1;
        };
    }
}

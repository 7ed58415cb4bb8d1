package io.barista.modelservice.metrics;

import java.util.ArrayList;
import java.util.List;

/** Histogram boundaries: vLLM's, so that its dashboards work, with finer ones where its floor hides what happens. */
final class Buckets {

    static final double[] TIME_TO_FIRST_TOKEN = {.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5,
        10,
        20, 40, 80, 160, 640, 2560};

    /** vLLM begins at 10 ms, where a fast engine's every token would be in the first bucket. */
    static final double[] BETWEEN_TOKENS = {.001, .002, .003, .004, .005, .006, .008, .01, .015, .025, .05, .075, .1,
        .15,
        .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80};

    static final double[] REQUEST_SECONDS = {.3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480,
        960,
        1920, 7680};

    static final double[] SAMPLES = {1, 2, 5, 10, 20};

    static final double[] STEP_TOKENS = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};

    /** From what the host alone takes to the longest prompt on a CPU. */
    static final double[] STEP_SECONDS = {.00005, .0001, .0002, .0003, .0005, .001, .002, .004, .006, .01, .02, .04, .1,
        .25, .5, 1, 2.5, 10};

    /** OpenTelemetry's advice for {@code gen_ai.server.request.duration}. */
    static final double[] GEN_AI_SECONDS = {.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96,
        81.92};

    private Buckets() {}

    /** 1, 2, 5, 10, 20, 50, ... up to a limit. */
    static double[] oneTwoFive(int most) {
        List<Double> boundaries = new ArrayList<>();
        for (long power = 1;; power *= 10) {
            for (long factor : new long[]{1, 2, 5}) {
                if (factor * power > most) {
                    return boundaries.stream().mapToDouble(Double::doubleValue).toArray();
                }
                boundaries.add((double) (factor * power));
            }
        }
    }
}

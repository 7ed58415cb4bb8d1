package io.barista.cli.bench;

import io.barista.cli.bench.LoadGenerator.Run;
import io.barista.cli.bench.Outcome.Answered;
import io.barista.cli.bench.Outcome.Failed;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What a run measured. Names as in vLLM's benchmark: TTFT is the time to the first token, TPOT the mean time per token after it
 * (one value per request), ITL the time between two pieces of an answer (all pauses of all requests), E2E a whole request.
 *
 * @param setup what was asked for
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record BenchReport(Setup setup, int completed, int failed, List<String> failures, double durationS, long inputTokens,
        long outputTokens, double requestsPerS, double outputTokensPerS, double totalTokensPerS, Distribution ttftMs,
        Distribution tpotMs, Distribution itlMs, Distribution e2eMs) {

    private static final int FAILURES_SHOWN = 10;

    /**
     * @param date        when the run began, ISO 8601
     * @param requestRate requests per second; absent for as fast as the concurrency allows
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Setup(String date, String baseUrl, String endpoint, String model, String dataset, int numPrompts,
            int concurrency, Optional<Double> requestRate) {}

    static BenchReport of(Setup setup, Run run) {
        List<Answered> answers = run.outcomes().stream().filter(Answered.class::isInstance).map(Answered.class::cast)
                .toList();
        List<String> failures = run.outcomes().stream().filter(Failed.class::isInstance)
                .map(outcome -> ((Failed) outcome).reason()).toList();
        long input = answers.stream().mapToLong(Answered::inputTokens).sum();
        long output = answers.stream().mapToLong(Answered::outputTokens).sum();
        return new BenchReport(setup, answers.size(), failures.size(),
                failures.stream().distinct().limit(FAILURES_SHOWN).toList(), run.seconds(), input, output,
                answers.size() / run.seconds(), output / run.seconds(), (input + output) / run.seconds(),
                Distribution.of(answers.stream().mapToDouble(Answered::firstTokenMs)),
                Distribution.of(answers.stream().filter(answer -> answer.outputTokens() > 1)
                        .mapToDouble(Answered::perTokenMs)),
                Distribution.of(answers.stream().flatMapToDouble(BenchReport::pauses)),
                Distribution.of(answers.stream().mapToDouble(Answered::totalMs)));
    }

    private static DoubleStream pauses(Answered answer) {
        List<Long> times = answer.tokenNanos();
        return IntStream.range(1, times.size()).mapToDouble(i -> (times.get(i) - times.get(i - 1)) / 1e6);
    }

    String asTable() {
        StringBuilder table = new StringBuilder();
        row(table, "requests", "%d completed, %d failed in %.2f s".formatted(completed, failed, durationS));
        row(table, "tokens", "%d in, %d out".formatted(inputTokens, outputTokens));
        row(table, "requests/s", "%.2f".formatted(requestsPerS));
        row(table, "output tokens/s", "%.1f".formatted(outputTokensPerS));
        row(table, "total tokens/s", "%.1f".formatted(totalTokensPerS));
        table.append(String.format(Locale.ROOT, "%n%-8s %10s %10s %10s %10s%n", "ms", "mean", "p50", "p90", "p99"));
        row(table, "TTFT", ttftMs);
        row(table, "TPOT", tpotMs);
        row(table, "ITL", itlMs);
        row(table, "E2E", e2eMs);
        return table.toString();
    }

    private static void row(StringBuilder table, String name, String value) {
        table.append(String.format(Locale.ROOT, "%-16s %s%n", name, value));
    }

    private static void row(StringBuilder table, String name, Distribution values) {
        table.append(String.format(Locale.ROOT, "%-8s %10.2f %10.2f %10.2f %10.2f%n", name, values.mean(), values.p50(),
                values.p90(), values.p99()));
    }
}

package io.barista.cli.bench;

import java.util.List;

/** How one request went. Times are nanoseconds from its start. */
sealed interface Outcome {

    /**
     * @param tokenNanos   when each piece of the answer came, at least one
     * @param endNanos     when the stream was complete
     * @param outputTokens as the server counted them; the number of pieces where it does not say
     */
    record Answered(List<Long> tokenNanos, long endNanos, int inputTokens, int outputTokens) implements Outcome {

        double firstTokenMs() {
            return tokenNanos.getFirst() / 1e6;
        }

        double totalMs() {
            return endNanos / 1e6;
        }

        /** Mean time between tokens after the first; 0 for a single token. */
        double perTokenMs() {
            return outputTokens < 2 ? 0 : (tokenNanos.getLast() - tokenNanos.getFirst()) / 1e6 / (outputTokens - 1);
        }
    }

    /** @param reason for the user */
    record Failed(String reason) implements Outcome {}
}

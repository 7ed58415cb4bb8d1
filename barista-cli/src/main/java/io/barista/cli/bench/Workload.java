package io.barista.cli.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What is asked of the endpoint: one entry for each request, in order. */
record Workload(String name, List<Item> items) {

    /**
     * @param input     prompt text, or messages as JSON values
     * @param maxTokens of the answer
     */
    record Item(Input input, int maxTokens) {}

    /** A request's text in one of the two forms of the API. */
    sealed interface Input {

        record Prompt(String text) implements Input {}

        record Messages(List<Map<String, Object>> messages) implements Input {}
    }

    /** {@code count} items, from the start again where there are fewer. */
    Workload ofSize(int count) {
        return new Workload(name,
                IntStream.range(0, count).mapToObj(index -> items.get(index % items.size())).toList());
    }
}

package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.UnixOperatingSystemMXBean;
import io.barista.modelservice.ServiceClient.Answer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** Many more adapters than there is room for, asked for at once again and again; benchmarks/lora/cycle.sh does it with a thousand. */
class AdapterCyclingTest extends AbstractServiceTest {

    private static final int ADAPTERS = 20;
    private static final int ROUNDS = 2;
    private static final int CLIENTS = 8;
    /** An adapter of the demo model is 1.2 MB of float32: what is kept of all that are loaded would be over 70 MB. */
    private static final long GROWTH = 32L << 20;

    @TempDir
    static Path folder;

    /** Each of another strength, so that its log-probabilities are its own. */
    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        Path models = Path.of(System.getProperty("barista.root"), "models");
        for (int number = 0; number < ADAPTERS; number++) {
            Path from = models.resolve(number % 2 == 0 ? "adapters/pirate" : "adapters/haiku");
            Path adapter = Files.createDirectories(folder.resolve("adapters/a-" + number));
            Files.createSymbolicLink(adapter.resolve("adapter_model.safetensors"),
                    from.resolve("adapter_model.safetensors").toAbsolutePath());
            String config = Files.readString(from.resolve("adapter_config.json"));
            Files.writeString(adapter.resolve("adapter_config.json"),
                    config.replaceFirst("\"lora_alpha\": *[0-9.]+", "\"lora_alpha\": " + (4 + number)));
        }
        Files.writeString(folder.resolve("demo.yaml"), """
                llm_configs:
                  - model_loading_config: {model_id: demo, model_source: %s}
                    lora_config: {dynamic_lora_loading_path: adapters, max_num_adapters_per_replica: 6}
                    engine_kwargs: {dtype: float32, max_loras: 4, max_num_seqs: 8}
                """.formatted(models.resolve("barista-demo").toAbsolutePath()));
        registry.add("barista.config.path", () -> folder.resolve("demo.yaml").toString());
    }

    @Test
    void everyAnswerIsItsAdaptersOwnAndNothingPilesUp() throws Exception {
        Map<Integer, List<Double>> alone = new LinkedHashMap<>();
        for (int number = 0; number < ADAPTERS; number++) {
            alone.put(number, ask(number));
        }
        assertThat(Collections.frequency(alone.values(), alone.get(0))).isEqualTo(1);
        long heap = usedHeap();
        long files = openFiles();

        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<Integer, List<Double>> answer : together(round).entrySet()) {
                List<Double> own = alone.get(answer.getKey());
                for (int token = 0; token < own.size(); token++) {
                    assertThat(answer.getValue().get(token)).as("adapter %d", answer.getKey()).isCloseTo(own.get(token),
                            within(1e-3));
                }
            }
        }

        assertThat(metric("barista_lora_loads_total")).isGreaterThan(ADAPTERS * ROUNDS / 2.0);
        assertThat(metric("barista_lora_load_failures_total")).isZero();
        assertThat(metric("barista_lora_host_adapters")).isEqualTo(6);
        assertThat(usedHeap() - heap).isLessThan(GROWTH);
        assertThat(openFiles() - files).isLessThan(50);
    }

    private Map<Integer, List<Double>> together(int seed) throws Exception {
        List<Integer> order = IntStream.range(0, ADAPTERS).boxed().collect(Collectors.toList());
        Collections.shuffle(order, new Random(seed));
        Map<Integer, Future<List<Double>>> asked = new LinkedHashMap<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            order.forEach(number -> asked.put(number, clients.submit(() -> ask(number))));
        }
        Map<Integer, List<Double>> answers = new LinkedHashMap<>();
        for (Map.Entry<Integer, Future<List<Double>>> each : asked.entrySet()) {
            answers.put(each.getKey(), each.getValue().get());
        }
        return answers;
    }

    /** The log-probabilities of a few tokens. */
    private List<Double> ask(int number) {
        Answer answer = service.post("/v1/completions", """
                {"model":"demo:a-%d","prompt":"The capital of France is","max_tokens":4,"temperature":0,"logprobs":1,
                 "ignore_eos":true}""".formatted(number));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        List<Double> values = new ArrayList<>();
        for (JsonNode value : answer.json().at("/choices/0/logprobs/token_logprobs")) {
            values.add(value.asDouble());
        }
        assertThat(values).hasSize(4);
        return values;
    }

    private double metric(String name) {
        return service.get("/metrics").body().lines().filter(line -> line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long openFiles() {
        return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class).getOpenFileDescriptorCount();
    }
}

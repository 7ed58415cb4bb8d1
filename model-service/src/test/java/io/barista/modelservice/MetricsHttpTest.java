package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsHttpTest extends AbstractDemoTest {

    private static final String LABELS = "{engine=\"0\",model_name=\"barista-demo\"}";

    @Test
    void speaksInTheNamesOfVllm() {
        complete(5);
        List<String> lines = lines();
        for (String name : List.of("num_requests_running", "num_requests_waiting", "kv_cache_usage_perc",
                "prefix_cache_queries_total", "prefix_cache_hits_total", "num_preemptions_total", "prompt_tokens_total",
                "generation_tokens_total", "time_to_first_token_seconds_count", "inter_token_latency_seconds_sum",
                "request_time_per_output_token_seconds_count", "e2e_request_latency_seconds_count",
                "request_queue_time_seconds_count", "request_inference_time_seconds_count",
                "request_prefill_time_seconds_count", "request_decode_time_seconds_count",
                "request_prompt_tokens_count", "request_generation_tokens_count", "request_params_max_tokens_count",
                "request_params_n_count", "iteration_tokens_total_count",
                "request_prefill_kv_computed_tokens_count")) {
            assertThat(lines).as(name).anyMatch(line -> line.startsWith("vllm:" + name + LABELS));
        }
        assertThat(lines)
                .anyMatch(line -> line.startsWith("vllm:cache_config_info{") && line.contains("block_size=\"16\""));
        for (String name : List.of("barista_step_time_seconds_count{", "barista_step_host_time_seconds_count{")) {
            for (String phase : List.of("prefill", "decode", "mixed")) {
                assertThat(lines).as(name).anyMatch(line -> line.startsWith(name)
                        && line.contains("phase=\"" + phase + "\"") && line.contains("model_name="));
            }
        }
        assertThat(lines).noneMatch(line -> line.startsWith("barista_gpu_")); // a CPU has no such sensors
        assertThat(lines).anyMatch(line -> line.startsWith("vllm:time_to_first_token_seconds_bucket{")
                && line.contains("le=\"0.001\""));
        assertThat(lines).anyMatch(line -> line.startsWith("vllm:request_prompt_tokens_bucket{")
                && line.contains("le=\"2000.0\""));
        assertThat(lines).anyMatch(line -> line.startsWith("gen_ai_server_request_duration_seconds_count{")
                && line.contains("gen_ai_operation_name=\"text_completion\""));
        assertThat(lines).anyMatch(line -> line.startsWith("http_server_requests_seconds_count{"));
    }

    @Test
    void countsTokensAndRequestsExactly() {
        double prompts = value("vllm:prompt_tokens_total" + LABELS);
        double generated = value("vllm:generation_tokens_total" + LABELS);
        double lengths = value(
                "vllm:request_success_total{engine=\"0\",finished_reason=\"length\",model_name=\"barista-demo\"}");
        for (int i = 0; i < 3; i++) {
            complete(5);
        }
        assertThat(value("vllm:prompt_tokens_total" + LABELS) - prompts).isEqualTo(3 * 3);
        assertThat(value("vllm:generation_tokens_total" + LABELS) - generated).isEqualTo(3 * 5);
        assertThat(
                value("vllm:request_success_total{engine=\"0\",finished_reason=\"length\",model_name=\"barista-demo\"}")
                        - lengths)
                .isEqualTo(3);
        assertThat(value("vllm:num_requests_running" + LABELS)).isZero();
    }

    @Test
    void isTheSameAtTheActuator() {
        assertThat(service.get("/actuator/prometheus").body()).contains("vllm:num_requests_running");
        assertThat(service.get("/metrics").header("content-type")).startsWith("text/plain");
    }

    private void complete(int tokens) {
        ServiceClient.Answer answer = service.post("/v1/completions",
                "{\"prompt\":[5,6,7],\"ignore_eos\":true,\"max_tokens\":%d}".formatted(tokens));
        assertThat(answer.status()).isEqualTo(200);
    }

    private List<String> lines() {
        return service.get("/metrics").body().lines().toList();
    }

    private double value(String series) {
        return lines().stream().filter(line -> line.startsWith(series + " ")).findFirst()
                .map(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .orElseThrow(() -> new AssertionError("no " + series));
    }
}

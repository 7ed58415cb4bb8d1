package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResolvedLlmConfigTest {

    @TempDir
    Path folder;

    @Test
    void listsWhatHasNoEffectOnACpu() {
        ResolvedLlmConfig resolved = resolve("""
                accelerator_type: L4
                engine_kwargs: {gpu_memory_utilization: 0.9, enforce_eager: true, max_model_len: 128, swap_space: 4}
                deployment_config: {autoscaling_config: {min_replicas: 1, max_replicas: 3, target_ongoing_requests: 8}}
                """, BackendKind.CPU);

        assertThat(resolved.ignored()).extracting(IgnoredKey::key).containsExactlyInAnyOrder("accelerator_type",
                "gpu_memory_utilization", "enforce_eager", "swap_space",
                "deployment_config.autoscaling_config.max_replicas",
                "deployment_config.autoscaling_config.target_ongoing_requests");
        assertThat(resolved.ignored()).allSatisfy(key -> assertThat(key.reason()).isNotBlank());
        assertThat(resolved.modelSource()).isEqualTo(new ModelSource.Folder(folder));
    }

    @Test
    void aGpuHonoursWhatACpuIgnores() {
        ResolvedLlmConfig resolved = resolve("""
                accelerator_type: L4
                engine_kwargs: {gpu_memory_utilization: 0.9, enforce_eager: true}
                """, BackendKind.CUDA);

        assertThat(resolved.ignored()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                                                       | 1
            {num_replicas: 3}                                                        | 3
            {num_replicas: auto}                                                     | 1
            {num_replicas: auto, autoscaling_config: {min_replicas: 2}}              | 2
            {autoscaling_config: {min_replicas: 2, max_replicas: 5}}                 | 2
            {autoscaling_config: {initial_replicas: 3, max_replicas: 5}}             | 3
            {autoscaling_config: {min_replicas: 2, initial_replicas: 3, max_replicas: 5}} | 2
            {autoscaling_config: {min_replicas: 0, max_replicas: 5}}                 | 1
            {autoscaling_config: {max_replicas: 5}}                                  | 1
            {num_replicas: 2, autoscaling_config: {min_replicas: 4, max_replicas: 5}} | 2
            """)
    void startsAsManyReplicasAsAsked(String deployment, int replicas) {
        assertThat(resolve("deployment_config: " + deployment, BackendKind.CPU).replicas()).isEqualTo(replicas);
    }

    @Test
    void refusesAnotherBackendThanTheOneDemanded() {
        assertThatThrownBy(() -> resolve("engine_kwargs: {backend: cuda}", BackendKind.CPU))
                .hasMessage("models.yaml:2: engine_kwargs.backend: asks for CUDA, but the model runs on CPU");
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        assertThatThrownBy(() -> ResolvedLlmConfig.resolve(model("./none"), BackendKind.CPU))
                .hasMessage("models.yaml:3: model_loading_config.model_source: no such folder: /nowhere/none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Qwen/Qwen2.5-0.5B", "s3://bucket/model", "gs://anonymous@bucket/model"})
    void leavesWhatHasToBeFetchedToWhoLoadsIt(String source) {
        assertThat(ResolvedLlmConfig.resolve(model(source), BackendKind.CPU).modelSource()).hasToString(source);
    }

    private static LlmConfig model(String source) {
        return Yaml.of("model_loading_config:\n  model_id: a\n  model_source: %s".formatted(source)).parseOne();
    }

    private ResolvedLlmConfig resolve(String rest, BackendKind backend) {
        String yaml = "model_loading_config: {model_id: a, model_source: .}\n" + rest;
        return ResolvedLlmConfig.resolve(new Yaml(Map.of(Yaml.FILE, yaml), folder).parseOne(), backend);
    }
}

package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlmConfigsTest {

    @TempDir
    Path folder;

    @Test
    void readsOneLlmConfig() throws IOException {
        Path model = Files.createDirectories(folder.resolve("models/demo"));
        Path file = write("models.yaml", """
                model_loading_config:
                  model_id: demo
                  model_source: models/demo
                engine_kwargs:
                  max_model_len: 32k
                  dtype: float
                  reasoning_parser: qwen3
                deployment_config:
                  num_replicas: 2
                """);

        LlmConfig config = LlmConfigs.load(file).getFirst();

        assertThat(config.modelLoading()).isEqualTo(new ModelLoadingConfig("demo", new ModelSource.Folder(model)));
        assertThat(config.engine().find(EngineOptions.MAX_MODEL_LEN)).contains(32_000);
        assertThat(config.engine().get(EngineOptions.DTYPE)).isEqualTo(DtypeChoice.FLOAT32);
        assertThat(config.engine().get(EngineOptions.BLOCK_SIZE)).isEqualTo(16);
        assertThat(config.engine().isAsked(EngineOptions.BLOCK_SIZE)).isFalse();
        assertThat(config.deployment().numReplicas()).isEqualTo(new NumReplicas.Fixed(2));
        assertThat(config.ignored()).isEmpty();
        assertThat(config.origin().line()).isEqualTo(1);
    }

    @Test
    void raysBoundOfTheQueueIsTheEnginesUnlessItHasOneOfItsOwn() {
        String entry = "{model_loading_config: {model_id: a}, deployment_config: {max_queued_requests: 7}%s}";

        assertThat(Yaml.of(entry.formatted("")).parseOne().engine().get(EngineOptions.MAX_QUEUED_REQUESTS))
                .isEqualTo(7);
        assertThat(Yaml.of(entry.formatted(", engine_kwargs: {max_queued_requests: 9}")).parseOne().engine()
                .get(EngineOptions.MAX_QUEUED_REQUESTS)).isEqualTo(9);
    }

    @Test
    void readsAListOfConfigs() {
        assertThat(ids("[{model_loading_config: {model_id: a}}, {model_loading_config: {model_id: b}}]"))
                .containsExactly("a", "b");
    }

    @Test
    void readsConfigsUnderTheirKey() {
        assertThat(ids("llm_configs: [{model_loading_config: {model_id: a}}]")).containsExactly("a");
    }

    @Test
    void readsARayServeFileUnchanged() {
        List<LlmConfig> configs = Yaml.of("""
                proxy_location: EveryNode
                http_options: {host: 0.0.0.0, port: 8000}
                grpc_options: {port: 9000, grpc_servicer_functions: []}
                logging_config: {log_level: INFO}
                applications:
                - name: first
                  route_prefix: /
                  import_path: ray.serve.llm:build_openai_app
                  runtime_env: {env_vars: {SHARED: "app", OWN: "app"}, pip: [numpy]}
                  args:
                    llm_configs:
                    - model_loading_config: {model_id: qwen-0.5b, model_source: Qwen/Qwen2.5-0.5B-Instruct}
                      accelerator_type: A10G
                      runtime_env: {env_vars: {OWN: "entry"}}
                      deployment_config:
                        autoscaling_config: {min_replicas: 2, max_replicas: 4, target_ongoing_requests: 64}
                        max_ongoing_requests: 128
                      engine_kwargs: {tensor_parallel_size: 1, enforce_eager: true, gpu_memory_utilization: 0.4}
                      log_engine_metrics: true
                    ingress_deployment_config: {num_replicas: 1}
                - name: second
                  import_path: ray.serve.llm:build_openai_app
                  args: {llm_configs: [{model_loading_config: {model_id: llama}}]}
                """).parse();

        assertThat(configs).extracting(LlmConfig::modelId).containsExactly("qwen-0.5b", "llama");
        LlmConfig qwen = configs.getFirst();
        assertThat(qwen.modelLoading().source()).isEqualTo(new ModelSource.HuggingFace("Qwen/Qwen2.5-0.5B-Instruct"));
        assertThat(qwen.runtimeEnv().environment()).isEqualTo(Map.of("SHARED", "app", "OWN", "entry"));
        assertThat(qwen.deployment().replicasAtStart()).isEqualTo(2);
        assertThat(qwen.ignored()).extracting(IgnoredKey::key).contains("http_options", "grpc_options",
                "proxy_location",
                "deployment_config.autoscaling_config.max_replicas", "log_engine_metrics",
                "applications.args.ingress_deployment_config");
    }

    @Test
    void followsFileReferencesFromTheFileThenFromTheWorkingDirectory() throws IOException {
        write("configs/beside.yaml", "model_loading_config: {model_id: beside, model_source: ./weights}");
        write("model_config/elsewhere.yaml", "model_loading_config: {model_id: elsewhere}");
        write("configs/serve.yaml", "llm_configs: [./beside.yaml, model_config/elsewhere.yaml]");

        List<LlmConfig> configs = LlmConfigs.parse(new LocalFiles(folder), "configs/serve.yaml");

        assertThat(configs).extracting(LlmConfig::modelId).containsExactly("beside", "elsewhere");
        assertThat(configs.getFirst().modelLoading().source())
                .isEqualTo(new ModelSource.Folder(folder.resolve("configs/weights")));
        assertThat(configs.getFirst().origin()).hasToString("configs/beside.yaml:1");
    }

    @Test
    void findsModelFoldersFromTheFileThenFromTheWorkingDirectory() throws IOException {
        Files.createDirectories(folder.resolve("models/mine"));
        write("configs/serve.yaml", "model_loading_config: {model_id: a, model_source: models/mine}");

        LlmConfig config = LlmConfigs.parse(new LocalFiles(folder), "configs/serve.yaml").getFirst();

        assertThat(config.modelLoading().source()).isEqualTo(new ModelSource.Folder(folder.resolve("models/mine")));
    }

    @Test
    void namesAChatTemplateFileByItsAbsolutePath() throws IOException {
        Path template = write("configs/chat.jinja", "{{ messages }}");
        write("configs/serve.yaml",
                "{model_loading_config: {model_id: a}, engine_kwargs: {chat_template: ./chat.jinja}}");

        LlmConfig config = LlmConfigs.parse(new LocalFiles(folder), "configs/serve.yaml").getFirst();

        assertThat(config.engine().find(EngineOptions.CHAT_TEMPLATE)).contains(template.toString());
    }

    @Test
    void aMissingReferenceSaysWhereItLooked() throws IOException {
        write("serve.yaml", "llm_configs:\n- missing.yaml");

        assertThatThrownBy(() -> LlmConfigs.parse(new LocalFiles(folder), "serve.yaml")).hasMessage(
                "serve.yaml:2: llm_configs: missing.yaml: no such file; looked in " + folder + " and in " + folder);
    }

    @Test
    void refusesAModelIdServedTwice() {
        assertThat(Yaml.of("""
                - model_loading_config: {model_id: a}
                - model_loading_config: {model_id: a}
                """).problems()).containsExactly("models.yaml:2: model_loading_config.model_id: "
                + "a is already served (models.yaml:1); give one of them another id");
    }

    @Test
    void refusesModelIdsThatShareAServiceId() {
        assertThat(Yaml.of("""
                - model_loading_config: {model_id: org/model.1}
                - model_loading_config: {model_id: Org-Model-1}
                """).problems()).singleElement().asString().contains("share the service id org-model-1");
    }

    @Test
    void missingFilesAndFoldersAreOneClearLine() {
        assertThatThrownBy(() -> LlmConfigs.load(folder.resolve("none.yaml")))
                .hasMessageEndingWith("none.yaml: no such file");
        assertThatThrownBy(() -> LlmConfigs.load(folder)).hasMessageEndingWith("is a folder, expected a YAML file");
    }

    private static List<String> ids(String yaml) {
        return Yaml.of(yaml).parse().stream().map(LlmConfig::modelId).toList();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}

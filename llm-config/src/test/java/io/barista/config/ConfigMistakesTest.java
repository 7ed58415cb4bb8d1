package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user reads who made a mistake. */
class ConfigMistakesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    max_modle_len: 1      | engine_kwargs.max_modle_len: unknown key, the nearest valid key is max_model_len
                    tensor_parallel: 1    | engine_kwargs.tensor_parallel: unknown key, the nearest valid key is tensor_parallel_size
                    maxNumSeqs: 1         | engine_kwargs.maxNumSeqs: unknown key, the nearest valid key is max_num_seqs
                    max_num_seqs: 0       | engine_kwargs.max_num_seqs: expected a whole number of at least 1, got 0
                    max_num_seqs: many    | engine_kwargs.max_num_seqs: expected a whole number of at least 1, got "many"
                    max_num_seqs: 1.5     | engine_kwargs.max_num_seqs: expected a whole number of at least 1, got 1.5
                    max_num_seqs: true    | engine_kwargs.max_num_seqs: expected a whole number of at least 1, got true
                    max_num_seqs: [1]     | engine_kwargs.max_num_seqs: expected a whole number of at least 1, got a list
                    max_num_seqs: 3000000000 | engine_kwargs.max_num_seqs: expected a whole number of at least 1, got 3000000000
                    max_model_len: 1.5K   | engine_kwargs.max_model_len: expected a whole number of at least 1 (32k and 32K too) or auto, got "1.5K"
                    max_model_len: -2     | engine_kwargs.max_model_len: expected a whole number of at least 1 (32k and 32K too) or auto, got -2
                    block_size: 17        | engine_kwargs.block_size: expected one of 1, 8, 16, 32, 64, 128, 256, got 17
                    gpu_memory_utilization: 1.2 | engine_kwargs.gpu_memory_utilization: expected a number above 0 and at most 1, got 1.2
                    gpu_memory_utilization: .nan | engine_kwargs.gpu_memory_utilization: expected a number above 0 and at most 1, got NaN
                    enforce_eager: maybe  | engine_kwargs.enforce_eager: expected true or false, got "maybe"
                    dtype: blfoat16       | engine_kwargs.dtype: expected auto, float32, float16, bfloat16, float or half, got "blfoat16"; the nearest is bfloat16
                    backend: gpu          | engine_kwargs.backend: expected auto, cpu or cuda, got "gpu"; the nearest is cpu
                    reasoning_parser: 3   | engine_kwargs.reasoning_parser: expected text, got 3 (put it in quotes)
                    hf_overrides: 3       | engine_kwargs.hf_overrides: expected a mapping (as a flag: a JSON object), got 3
                    tensor_parallel_size: 2 | engine_kwargs.tensor_parallel_size: refused: one model on several devices is not built yet; several replicas: deployment_config.num_replicas
                    trust_remote_code: true | engine_kwargs.trust_remote_code: refused: code from a model folder is never run
                    kv_cache_dtype: fp4   | engine_kwargs.kv_cache_dtype: expected auto, fp8 or fp8_e4m3, got "fp4"; the nearest is fp8
                    quantization: bitsandbytes | engine_kwargs.quantization: expected auto, int8, gptq, awq, fp8, compressed_tensors, none, gptq_marlin, awq_marlin or compressed-tensors, got "bitsandbytes"; the nearest is int8
                    served_model_name: x  | engine_kwargs.served_model_name: refused: the name served is model_loading_config.model_id; with barista serve it is --served-model-name
                    model: x              | engine_kwargs.model: refused: model_loading_config.model_source (or the argument of serve) says which model
                    api_key: sk-1         | engine_kwargs.api_key: refused: a key does not belong into a file: set BARISTA_API_KEY in the environment
                    speculative_config: {method: ngram} | engine_kwargs.speculative_config: refused: speculative decoding is not built yet
                    """)
    void ofEngineKwargs(String kwarg, String message) {
        assertThat(Yaml.of("""
                model_loading_config: {model_id: demo}
                engine_kwargs:
                  seed: 1
                  %s
                """.formatted(kwarg)).problems()).containsExactly("models.yaml:4: " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    deployment_config: {num_replica: 2} | deployment_config.num_replica: unknown key, the nearest valid key is num_replicas
                    deployment_config: {num_replicas: 0} | deployment_config.num_replicas: expected a whole number of at least 1 or auto, got 0
                    deployment_config: {autoscaling_config: {min_replica: 1}} | deployment_config.autoscaling_config.min_replica: unknown key, the nearest valid key is min_replicas
                    deployment_config: {autoscaling_config: {min_replicas: 3, max_replicas: 2}} | deployment_config.autoscaling_config.max_replicas: expected at least min_replicas (3), got 2
                    deployment_config: {placement_group_strategy: PACK} | deployment_config.placement_group_strategy: refused: as in Ray, use placement_group_config
                    deployment_config: 3 | deployment_config: expected a mapping (as a flag: a JSON object), got 3
                    engine_kwarg: {} | engine_kwarg: unknown key, the nearest valid key is engine_kwargs
                    accelerator_type: 4 | accelerator_type: expected text, got 4 (put it in quotes)
                    llm_engine: SGLang | llm_engine: expected vLLM, got "SGLang"; the nearest is vLLM
                    server_cls: a.B | server_cls: refused: Python classes cannot be loaded
                    lora_config: {dynamic_lora_path: 's3://b'} | lora_config.dynamic_lora_path: unknown key, the nearest valid key is dynamic_lora_loading_path
                    lora_config: {dynamic_lora_loading_path: 'abfss://c@a/b'} | lora_config.dynamic_lora_loading_path: unknown scheme, expected a folder or s3://, gs://, hf:// or file:///
                    lora_config: {dynamic_lora_loading_path: 'file://b'} | lora_config.dynamic_lora_loading_path: unknown scheme, expected a folder or s3://, gs://, hf:// or file:///
                    runtime_env: {env_var: {}} | runtime_env.env_var: unknown key, the nearest valid key is env_vars
                    runtime_env: {env_vars: {A: 123456}} | runtime_env.env_vars.A: expected text (put it in quotes)
                    """)
    void ofAnEntry(String line, String message) {
        assertThat(Yaml.of("model_loading_config: {model_id: demo}\n" + line).problems())
                .containsExactly("models.yaml:2: " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    {}                                  | model_loading_config.model_id: is missing; it is what clients send as model
                    {model_id: ~}                       | model_loading_config.model_id: is missing; it is what clients send as model
                    {model_id: 'a:'}                    | model_loading_config.model_id: may not begin or end with a colon, which parts a model from its adapter in requests
                    {model_id: 'a b'}                   | model_loading_config.model_id: expected at most 200 characters without spaces
                    {model_id: 7}                       | model_loading_config.model_id: expected text, got 7 (put it in quotes)
                    {model_id: ' '}                     | model_loading_config.model_id: expected text, got nothing
                    {model_ids: a, model_id: b}         | model_loading_config.model_ids: unknown key, the nearest valid key is model_id
                    {model_id: a, model_source: 'http://x/y'} | model_loading_config.model_source: unknown scheme, expected a folder or s3://, gs://, abfss://, azure:// or hf://
                    {model_id: a, model_source: [b]}    | model_loading_config.model_source: expected a folder, a Hugging Face repository, a bucket, or a mapping with bucket_uri
                    {model_id: a, model_source: {bucket_uri: b}} | model_loading_config.model_source.bucket_uri: expected s3://, gs://, abfss:// or azure://
                    {model_id: a, model_source: {uri: 's3://b'}} | model_loading_config.model_source.uri: unknown key, the nearest valid key is bucket_uri
                    """)
    void ofModelLoading(String loading, String message) {
        assertThat(Yaml.of("\nmodel_loading_config: " + loading).problems()).contains("models.yaml:2: " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    '' | models.yaml: is empty
                    '# only a comment' | models.yaml: is empty
                    ~ | models.yaml:1: expected an LlmConfig, a list of them, llm_configs or Ray Serve's applications
                    text | models.yaml:1: expected an LlmConfig, a list of them, llm_configs or Ray Serve's applications
                    [] | models.yaml:1: llm_configs: is empty, expected at least one LlmConfig
                    [3] | models.yaml:1: llm_configs: expected an LlmConfig or the name of a file with one
                    llm_configs: {} | models.yaml:1: llm_configs: expected a list of LlmConfigs
                    llm_config5: [] | models.yaml:1: llm_config5: unknown key, the nearest valid key is llm_config
                    applications: [] | models.yaml:1: applications: expected a list of applications
                    applications: [{name: a}] | models.yaml:1: applications.args: expected a mapping with llm_configs
                    'model_loading_config:' | models.yaml:1: model_loading_config: is missing; it says which model is served
                    {accelerator_type: L4} | models.yaml:1: model_loading_config: is missing; it says which model is served
                    'applications: [{args: {prefill_config: {}, llm_configs: [{model_loading_config: {model_id: a}}]}}]' | models.yaml:1: applications.args.prefill_config: refused: prefill and decode on different engines is not built yet; use llm_configs
                    'applications: [{route_prefix: /llm, args: {llm_configs: [{model_loading_config: {model_id: a}}]}}]' | models.yaml:1: applications.route_prefix: refused: routes begin at /
                    """)
    void ofAFile(String yaml, String message) {
        assertThat(Yaml.of(yaml).problems()).containsExactly(message);
    }

    @Test
    void areReportedTogether() {
        assertThat(Yaml.of("""
                - model_loading_config: {model_id: a, model_sorce: b}
                  engine_kwargs:
                    max_num_seqs: -1
                    max_num_batched_token: 5
                - accelerator_typ: L4
                  model_loading_config: {model_id: b}
                """).problems()).hasSize(4).allMatch(line -> line.startsWith("models.yaml:"));
    }

    @Test
    void neverShowSecrets() {
        String message = String.join("\n", Yaml.of("""
                model_loading_config: {model_id: a}
                runtime_env: {env_vars: {HF_TOKEN: 42424242}}
                engine_kwargs: {api_key: sk-42424242, hf_token: 42424242}
                """).problems());

        assertThat(message).contains("HF_TOKEN", "api_key").doesNotContain("42424242");
        assertThat(Yaml.of("{model_loading_config: {model_id: a}, engine_kwargs: {hf_token: hf_42}, "
                + "runtime_env: {env_vars: {A: secret42}}}").parseOne().toString()).doesNotContain("42");
    }
}

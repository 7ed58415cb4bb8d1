package io.barista.config;

import io.barista.config.type.AnyType;
import io.barista.config.type.BooleanType;
import io.barista.config.type.ChoiceType;
import io.barista.config.type.IntegerType;
import io.barista.config.type.MappingType;
import io.barista.config.type.SecretType;
import io.barista.config.type.TextListType;
import io.barista.config.type.TextType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** vLLM's knobs that change answers, need absent hardware, weaken security or are not built yet: all but the harmless value is an error. */
final class RefusedEngineOptions {

    private static final String NOT_BUILT = "is not built yet";

    // last, since its constructor needs the constants above
    static final List<EngineOption<?>> ALL = new RefusedEngineOptions().options;

    private final List<EngineOption<?>> options = new ArrayList<>();

    private RefusedEngineOptions() {
        model();
        numbers();
        parallelism();
        features();
        plugins();
        server();
    }

    private void model() {
        refuse("model_loading_config.model_source (or the argument of serve) says which model", "model",
                new TextType(), null, "The model.");
        refuse("the name served is model_loading_config.model_id; with barista serve it is --served-model-name",
                "served_model_name", new TextListType(), null, "The name served.");
        refuse("the tokenizer is the model folder's own", "tokenizer", new TextType(), null, "Another tokenizer.");
        refuse("config.json is the model folder's own", "hf_config_path", new TextType(), null, "Another config.json.");
        refuse("code from a model folder is never run", "trust_remote_code", new BooleanType(), false,
                "Runs code from the model's repository.");
        String own = "config.json of the model folder is what runs; change it there";
        refuse(own, "hf_overrides", new MappingType(), Map.of(), "Other values in config.json.");
        refuse(own, "rope_scaling", new MappingType(), Map.of(), "Another rope scaling.");
        refuse(own, "rope_theta", new AnyType(), null, "Another rope base.");
        refuse(own, "disable_sliding_window", new BooleanType(), false, "Full attention instead of a window.");
        refuse("modules.json of the model folder says how; change it there", "pooler_config", new MappingType(), null,
                "How embeddings are pooled.");
        refuse("modules.json of the model folder says how; change it there", "override_pooler_config",
                new MappingType(), null,
                "How embeddings are pooled.");
    }

    private void numbers() {
        refuse("an fp8 KV cache is kept without scales", "calculate_kv_scales", new BooleanType(), false,
                "Scales for fp8.");
        refuse("attention is computed in dtype", "override_attention_dtype", new TextType(), null,
                "What attention is computed in.");
        refuse("log-probabilities are those of the model, before sampling parameters", "logprobs_mode",
                ChoiceType.of("raw_logprobs", "processed_logprobs", "raw_logits", "processed_logits"), "raw_logprobs",
                "What logprobs tell.");
    }

    private void parallelism() {
        String reason = "one model on several devices " + NOT_BUILT
                + "; several replicas: deployment_config.num_replicas";
        IntegerType size = IntegerType.atLeast(1);
        refuse(reason, "tensor_parallel_size", size, 1, "Devices that share each layer.");
        refuse(reason, "pipeline_parallel_size", size, 1, "Devices that share the layers.");
        refuse(reason, "data_parallel_size", size, 1, "Groups of devices that share requests.");
        refuse(reason, "decode_context_parallel_size", size, 1, "Devices that share a KV cache.");
        refuse(reason, "prefill_context_parallel_size", size, 1, "Devices that share a prompt.");
        refuse(reason, "nnodes", size, 1, "Hosts that share the model.");
        for (String key : List.of("data_parallel_rank", "data_parallel_start_rank", "node_rank", "master_port")) {
            refuse(reason, key, IntegerType.atLeast(0), null, "This process among several.");
        }
        refuse(reason, "master_addr", new TextType(), null, "The first process's address.");
        for (String key : List.of("data_parallel_hybrid_lb", "data_parallel_external_lb", "headless")) {
            refuse(reason, key, new BooleanType(), false, "Who spreads requests over ranks.");
        }
    }

    private void features() {
        refuse("biases of LoRA adapters: this " + NOT_BUILT, "enable_lora_bias", new BooleanType(), false,
                "Adapters with biases.");
        refuse("adapters that a medium brings with it: this " + NOT_BUILT, "default_mm_loras", new MappingType(), null,
                "Adapters per medium.");
        refuse("adapters of vision towers: this " + NOT_BUILT, "enable_tower_connector_lora", new BooleanType(), false,
                "Adapters of what reads pictures.");
        refuse("leaving out what adapters change in some modules: this " + NOT_BUILT, "lora_target_modules",
                new AnyType(), null, "The only modules that adapters may change.");
        refuse("prompt adapters: this " + NOT_BUILT, "enable_prompt_adapter", new BooleanType(), false,
                "Prompt adapters.");
        refuse("prompt adapters: this " + NOT_BUILT, "prompt_adapters", new AnyType(), null, "Prompt adapters.");
        String speculation = "speculative decoding " + NOT_BUILT;
        refuse(speculation, "speculative_config", new MappingType(), null, "Drafts tokens ahead.");
        refuse(speculation, "speculative_model", new TextType(), null, "The model that drafts.");
        refuse(speculation, "num_speculative_tokens", IntegerType.atLeast(1), null, "Tokens drafted at a time.");
        refuse(speculation, "ngram_prompt_lookup_max", IntegerType.atLeast(1), null, "The longest n-gram looked up.");
        refuse(speculation, "ngram_prompt_lookup_min", IntegerType.atLeast(1), null, "The shortest n-gram looked up.");
        refuse("moving KV blocks between engines " + NOT_BUILT, "kv_transfer_config", new MappingType(), null,
                "Prefill and decode on different engines.");
        refuse("KV events: this " + NOT_BUILT, "kv_events_config", new MappingType(), null, "Publishes cache events.");
        refuse("sleeping " + NOT_BUILT, "enable_sleep_mode", new BooleanType(), false, "Frees memory on demand.");
        refuse("embeddings as prompts: this " + NOT_BUILT, "enable_prompt_embeds", new BooleanType(), false,
                "Prompts as embeddings.");
        refuse("images, videos and sounds: this " + NOT_BUILT, "enable_mm_embeds", new BooleanType(), false,
                "Media as embeddings.");
        refuse("text in, text out needs the tokenizer", "skip_tokenizer_init", new BooleanType(), false,
                "Token ids only.");
        refuse("text in, text out is what the service speaks", "tokens_only", new BooleanType(), false,
                "Token ids only.");
        refuse("the key is backend here", "device",
                ChoiceType.of("auto", "cpu", "cuda", "neuron", "openvino", "tpu", "xpu", "hpu"),
                "auto", "What the model runs on.");
    }

    private void plugins() {
        String reason = "Python classes cannot be loaded";
        for (String key : List.of("scheduler_cls", "worker_extension_cls", "io_processor_plugin", "tool_parser_plugin",
                "reasoning_parser_plugin", "logits_processor_pattern")) {
            refuse(reason, key, new TextType(), null, "A class of the user's own.");
        }
        refuse(reason, "worker_cls", new TextType(), "auto", "A class of the user's own.");
        refuse(reason, "logits_processors", new TextListType(), List.of(), "Classes of the user's own.");
        refuse(reason, "middleware", new TextListType(), List.of(), "Classes of the user's own.");
    }

    private void server() {
        refuse("a key does not belong into a file: set BARISTA_API_KEY in the environment", "api_key", new SecretType(),
                null,
                "The key that clients send.");
        String tls = "TLS is not spoken here and is not dropped silently: end it in front of the gateway";
        for (String key : List.of("ssl_keyfile", "ssl_certfile", "ssl_ca_certs", "ssl_ciphers")) {
            refuse(tls, key, new TextType(), null, "TLS.");
        }
        refuse(tls, "ssl_cert_reqs", IntegerType.atLeast(0), 0, "TLS with client certificates.");
        refuse(tls, "enable_ssl_refresh", new BooleanType(), false, "Reads changed certificates.");
        refuse("routes begin at /", "root_path", new TextType(), "/", "What the routes begin with.");
        refuse("services listen on TCP", "uds", new TextType(), null, "A Unix socket.");
        refuse("services speak HTTP", "grpc", new BooleanType(), false, "Speaks gRPC.");
        String cors = "CORS rules " + NOT_BUILT;
        refuse(cors, "allow_credentials", new BooleanType(), false, "CORS.");
        for (String key : List.of("allowed_origins", "allowed_methods", "allowed_headers")) {
            refuse(cors, key, new TextListType(), List.of("*"), "CORS.");
        }
        refuse("the service's own tools: this " + NOT_BUILT, "tool_server", new TextType(), null,
                "Tools run by the service.");
        refuse("templates in requests: this " + NOT_BUILT, "trust_request_chat_template", new BooleanType(), false,
                "Takes chat templates from requests.");
        refuse("the format is found from the template", "chat_template_content_format",
                ChoiceType.of("auto", "string", "openai"), "auto", "How message parts reach the template.");
    }

    private <T> void refuse(String reason, String key, OptionType<T> type, @Nullable T harmless, String description) {
        options.add(new EngineOption<>(key, type, harmless, new Effect.Refused(harmless, reason), description));
    }
}

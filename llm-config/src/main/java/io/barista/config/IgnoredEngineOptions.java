package io.barista.config;

import io.barista.config.type.AnyType;
import io.barista.config.type.BooleanType;
import io.barista.config.type.ChoiceType;
import io.barista.config.type.DecimalType;
import io.barista.config.type.IntegerType;
import io.barista.config.type.LongType;
import io.barista.config.type.MappingType;
import io.barista.config.type.SecretType;
import io.barista.config.type.TextListType;
import io.barista.config.type.TextType;
import java.util.ArrayList;
import java.util.List;

/** vLLM's knobs that only choose an implementation, make vLLM faster, or limit what is absent here: answers stay the same. */
final class IgnoredEngineOptions {

    private static final OptionType<Boolean> FLAG = new BooleanType();
    private static final OptionType<Object> ANY = new AnyType();

    // last, since its constructor needs the constants above
    static final List<EngineOption<?>> ALL = new IgnoredEngineOptions().options;

    private final List<EngineOption<?>> options = new ArrayList<>();

    private IgnoredEngineOptions() {
        scheduling();
        cache();
        kernels();
        loading();
        parallelism();
        adapters();
        media();
        structuredOutputs();
        observability();
        server();
    }

    private void scheduling() {
        String reason = "the scheduler plans one step at a time and needs no such hint";
        ignore(reason, "num_scheduler_steps", IntegerType.atLeast(1), "Steps between two scheduling decisions.");
        ignore(reason, "multi_step_stream_outputs", FLAG, "Streams after each of several steps.");
        ignore(reason, "use_v2_block_manager", FLAG, "A former block manager's switch.");
        ignore(reason, "disable_async_output_proc", FLAG, "Processes outputs on the engine's thread.");
        ignore(reason, "async_scheduling", FLAG, "Plans a step while the one before runs.");
        ignore(reason, "scheduler_delay_factor", DecimalType.atLeast(0), "Delay before a prompt is scheduled.");
        ignore(reason, "num_lookahead_slots", IntegerType.atLeast(0), "KV slots for speculative tokens.");
        ignore(reason, "max_num_partial_prefills", IntegerType.atLeast(1), "Prompts computed in chunks at a time.");
        ignore(reason, "max_long_partial_prefills", IntegerType.atLeast(1),
                "Long prompts computed in chunks at a time.");
        ignore(reason, "max_num_scheduled_tokens", IntegerType.atLeast(1), "A token budget below the batch's size.");
        ignore(reason, "scheduler_reserve_full_isl", FLAG, "Admits a prompt only when the whole fits.");
        ignore(reason, "watermark", DecimalType.atLeast(0), "Part of the blocks kept free.");
        ignore(reason, "preemption_mode", ChoiceType.of("recompute", "swap"), "What happens to preempted sequences.");
        ignore(reason, "disable_hybrid_kv_cache_manager", FLAG, "One kind of KV cache for all layers.");
        ignore(reason, "performance_mode", ChoiceType.of("balanced", "interactivity", "throughput"),
                "A preset of vLLM's own knobs.");
        ignore("every token is streamed as soon as it is there", "stream_interval", IntegerType.atLeast(1),
                "Tokens between two chunks of a stream.");
    }

    private void cache() {
        ignore("blocks are always told apart by SHA-256", "prefix_caching_hash_algo",
                ChoiceType.of("sha256", "builtin", "sha256_cbor", "sha256_cbor_64bit", "xxhash", "xxhash_cbor"),
                "The hash that tells equal beginnings.");
        String recompute = "preempted sequences are computed again, nothing is moved to other memory";
        ignore(recompute, "swap_space", DecimalType.atLeast(0), "GiB of host memory for preempted sequences.");
        ignore(recompute, "kv_offloading_size", DecimalType.atLeast(0), "GiB of host memory for idle KV blocks.");
        ignore(recompute, "kv_offloading_backend", new TextType(), "Who keeps idle KV blocks.");
        onCpu("weights are in the host's memory already", "cpu_offload_gb", DecimalType.atLeast(0),
                "GiB of weights kept in the host's memory.");
        String noMamba = "no served model has state-space layers";
        ignore(noMamba, "mamba_cache_dtype", new TextType(), "Type of the state cache.");
        ignore(noMamba, "mamba_ssm_cache_dtype", new TextType(), "Type of the state cache.");
        ignore(noMamba, "mamba_block_size", IntegerType.atLeast(1), "Block size of the state cache.");
        ignore(noMamba, "mamba_cache_mode", new TextType(), "What the state cache keeps.");
        ignore("layers keep their own KV cache", "kv_sharing_fast_prefill", FLAG, "Skips layers that share a cache.");
    }

    private void kernels() {
        String reason = "kernels are chosen by the backend";
        ignore(reason, "compilation_config", ANY, "torch.compile's configuration.");
        ignore(reason, "optimization_level", ANY, "torch.compile's level.");
        ignore(reason, "attention_backend", new TextType(), "The attention kernel.");
        ignore(reason, "attention_config", new MappingType(), "The attention kernels.");
        ignore(reason, "kernel_config", new MappingType(), "The kernels.");
        ignore(reason, "moe_backend", new TextType(), "The kernel of mixtures of experts.");
        ignore(reason, "disable_cascade_attn", FLAG, "An attention kernel for shared prefixes.");
        ignore(reason, "additional_config", new MappingType(), "A hardware plug-in's configuration.");
        ignore(reason, "override_neuron_config", new MappingType(), "AWS Neuron's configuration.");
        ignore(reason, "model_impl", ChoiceType.of("auto", "vllm", "transformers", "terratorch"),
                "vLLM's or Transformers' code.");
        String graphs = "a CPU has no CUDA graphs";
        onCpu(graphs, "cuda_graph_sizes", ANY, "Batch sizes of CUDA graphs.");
        onCpu(graphs, "cudagraph_capture_sizes", ANY, "Batch sizes of CUDA graphs.");
        onCpu(graphs, "max_cudagraph_capture_size", IntegerType.atLeast(1), "The largest batch of a CUDA graph.");
        onCpu(graphs, "max_seq_len_to_capture", IntegerType.atLeast(1), "The longest sequence of a CUDA graph.");
    }

    private void loading() {
        String mapped = "safetensors are mapped into memory";
        ignore(mapped, "load_format",
                ChoiceType.of("auto", "safetensors", "hf", "fastsafetensors", "runai_streamer",
                        "runai_streamer_sharded"),
                "How weights are read.");
        ignore(mapped, "safetensors_load_strategy", new TextType(), "How weights are read.");
        ignore(mapped, "model_loader_extra_config", new MappingType(), "The loader's own options.");
        ignore(mapped, "max_parallel_loading_workers", IntegerType.atLeast(1), "Workers that load at the same time.");
        ignore(mapped, "pt_load_map_location", ANY, "Where PyTorch files are loaded to.");
        ignore(mapped, "use_tqdm_on_load", FLAG, "A progress bar while loading.");
        ignore("downloads go to the folder that the variable BARISTA_CACHE names", "download_dir", new TextType(),
                "Where downloads go.");
        ignore("a model's code is never fetched", "code_revision", new TextType(),
                "The code's revision on Hugging Face.");
        ignore("the tokenizer is that of the model's revision", "tokenizer_revision", new TextType(),
                "The tokenizer's revision on Hugging Face.");
        ignore("the token is the variable HF_TOKEN, of the process or of runtime_env.env_vars", "hf_token",
                new SecretType(), "Hugging Face's token.");
        ignore("safetensors, tokenizer and configuration are fetched, nothing else", "ignore_patterns",
                new TextListType(), "Files that are not downloaded.");
        ignore("config.json is read in Hugging Face's format", "config_format", ChoiceType.of("auto", "hf"),
                "The format of config.json.");
        String tokenizer = "tokenizer.json is read by the tokenizers library";
        ignore(tokenizer, "tokenizer_mode", ChoiceType.of("auto", "hf", "slow"), "Which tokenizer class reads it.");
        ignore(tokenizer, "tokenizer_pool_size", IntegerType.atLeast(0), "Processes that tokenize.");
        ignore(tokenizer, "tokenizer_pool_type", new TextType(), "The kind of these processes.");
        ignore(tokenizer, "tokenizer_pool_extra_config", new MappingType(), "Options of these processes.");
    }

    private void parallelism() {
        String reason = "a model runs in one process on one device";
        ignore(reason, "distributed_executor_backend", ChoiceType.of("mp", "ray", "uni", "external_launcher"),
                "What starts the workers.");
        ignore(reason, "ray_workers_use_nsight", FLAG, "Profiles the workers.");
        ignore(reason, "disable_custom_all_reduce", FLAG, "Uses NCCL alone between devices.");
        ignore(reason, "enable_expert_parallel", FLAG, "Spreads experts over devices.");
        ignore(reason, "all2all_backend", new TextType(), "How experts exchange tokens.");
        ignore(reason, "enable_eplb", FLAG, "Balances experts over devices.");
        ignore(reason, "eplb_config", new MappingType(), "Balances experts over devices.");
        ignore(reason, "num_redundant_experts", IntegerType.atLeast(0), "Copies of busy experts.");
        ignore(reason, "expert_placement_strategy", ChoiceType.of("linear", "round_robin"),
                "Which device has which expert.");
        ignore(reason, "enable_dbo", FLAG, "Overlaps computing and exchanging.");
        ignore(reason, "dbo_decode_token_threshold", IntegerType.atLeast(0), "When to overlap.");
        ignore(reason, "dbo_prefill_token_threshold", IntegerType.atLeast(0), "When to overlap.");
        ignore(reason, "data_parallel_size_local", IntegerType.atLeast(0), "Ranks on this host.");
        ignore(reason, "data_parallel_address", new TextType(), "The first rank's address.");
        ignore(reason, "data_parallel_rpc_port", IntegerType.between(0, 65535), "The first rank's port.");
        ignore(reason, "data_parallel_backend", ChoiceType.of("mp", "ray"), "What starts the ranks.");
        ignore(reason, "api_server_count", IntegerType.atLeast(0), "Processes that speak HTTP.");
    }

    private void adapters() {
        ignore("one device runs the model", "fully_sharded_loras", FLAG, "Spreads adapters over devices.");
        ignore("adapters are computed in what activations are", "lora_dtype", new TextType(),
                "What adapters are computed in.");
        ignore("adapters of embeddings are refused", "lora_extra_vocab_size", IntegerType.atLeast(0),
                "Tokens an adapter may add.");
        ignore("adapters of experts are refused", "enable_mixed_moe_lora_format", FLAG,
                "Experts' adapters in two formats.");
        ignore("one kernel serves any number of adapters", "specialize_active_lora", FLAG,
                "Kernels per number of adapters.");
    }

    private void media() {
        String reason = "the served models read text only";
        ignore(reason, "limit_mm_per_prompt", new MappingType(), "Images, videos and sounds per prompt.");
        ignore(reason, "mm_processor_kwargs", new MappingType(), "Options of the image processor.");
        ignore(reason, "media_io_kwargs", new MappingType(), "Options of the decoders.");
        ignore(reason, "mm_processor_cache_gb", DecimalType.atLeast(0), "GiB of processed media kept.");
        ignore(reason, "mm_processor_cache_type", new TextType(), "Where processed media are kept.");
        ignore(reason, "mm_shm_cache_max_object_size_mb", IntegerType.atLeast(0), "The largest medium kept.");
        ignore(reason, "mm_encoder_tp_mode", new TextType(), "How encoders are spread over devices.");
        ignore(reason, "mm_encoder_attn_backend", new TextType(), "The encoders' attention kernel.");
        ignore(reason, "disable_mm_preprocessor_cache", FLAG, "Keeps no processed media.");
        ignore(reason, "disable_chunked_mm_input", FLAG, "Keeps a medium within one step.");
        ignore(reason, "interleave_mm_strings", FLAG, "Puts media between texts.");
        ignore(reason, "skip_mm_profiling", FLAG, "Measures no memory for media.");
        ignore(reason, "video_pruning_rate", DecimalType.atLeast(0), "Part of a video left out.");
        ignore(reason, "allowed_local_media_path", ANY, "A folder that requests may name.");
        ignore(reason, "allowed_media_domains", new TextListType(), "Hosts that requests may name.");
    }

    private void structuredOutputs() {
        String reason = "there is one grammar engine, Barista's own; a request chooses compact JSON by disable_any_whitespace";
        ignore(reason, "structured_outputs_config", new MappingType(), "The grammar library and its options.");
        ignore(reason, "guided_decoding_backend", new TextType(), "The grammar library.");
        ignore(reason, "guided_decoding_disable_fallback", FLAG, "Uses no second grammar library.");
        ignore(reason, "guided_decoding_disable_any_whitespace", FLAG, "Compact JSON.");
        ignore(reason, "guided_decoding_disable_additional_properties", FLAG, "Closed JSON objects.");
    }

    private void observability() {
        String quiet = "a request is logged once, at its end, never its prompt or answer";
        ignore(quiet, "enable_log_requests", FLAG, "Logs every request.");
        ignore(quiet, "disable_log_requests", FLAG, "Logs no request.");
        ignore(quiet, "enable_log_outputs", FLAG, "Logs answers.");
        ignore(quiet, "enable_log_deltas", FLAG, "Logs the parts of answers.");
        ignore(quiet, "max_log_len", IntegerType.atLeast(0), "Characters of a prompt in the log.");
        ignore(quiet, "log_error_stack", FLAG, "Logs stack traces of refused requests.");
        ignore("metrics are always counted and never logged", "disable_log_stats", FLAG, "Logs no statistics.");
        ignore("metrics are always counted and never logged", "aggregate_engine_logging", FLAG,
                "One statistic of all ranks.");
        ignore("every metric is shown", "show_hidden_metrics_for_version", new TextType(), "Shows deprecated metrics.");
        ignore("tracing is not built yet", "otlp_traces_endpoint", new TextType(), "Where traces go.");
        ignore("tracing is not built yet", "collect_detailed_traces", ANY, "What is traced in detail.");
        ignore("logging is configured with Spring Boot's logging.* properties", "log_config_file", new TextType(),
                "Python's logging configuration.");
        ignore("logging is configured with Spring Boot's logging.* properties", "uvicorn_log_level", new TextType(),
                "The web server's log level.");
        ignore("the web server writes no access log", "disable_uvicorn_access_log", FLAG, "No access log.");
        ignore("usage always tells how much of the prompt was cached", "enable_prompt_tokens_details", FLAG,
                "Adds prompt_tokens_details to usage.");
        ignore("load is in /metrics", "enable_server_load_tracking", FLAG, "Counts running requests.");
    }

    private void server() {
        String launcher = "services listen on loopback behind the gateway, whose address barista up --host gives";
        ignore(launcher, "host", new TextType(), "The address to listen on.");
        ignore("there are no interactive pages", "disable_fastapi_docs", FLAG, "No interactive pages.");
        ignore("the web server has limits of its own", "h11_max_incomplete_event_size", LongType.atLeast(0),
                "Bytes of a request's head.");
        ignore("the web server has limits of its own", "h11_max_header_count", IntegerType.atLeast(0),
                "Headers of a request.");
    }

    private <T> void ignore(String reason, String key, OptionType<T> type, String description) {
        options.add(new EngineOption<>(key, type, null, new Effect.Ignored(reason), description));
    }

    private <T> void onCpu(String reason, String key, OptionType<T> type, String description) {
        options.add(new EngineOption<>(key, type, null, new Effect.IgnoredOnCpu(reason), description));
    }
}

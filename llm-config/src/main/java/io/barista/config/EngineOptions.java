package io.barista.config;

import io.barista.config.type.BooleanType;
import io.barista.config.type.ChoiceType;
import io.barista.config.type.DecimalType;
import io.barista.config.type.IntegerType;
import io.barista.config.type.LongType;
import io.barista.config.type.MappingType;
import io.barista.config.type.NamedPathsType;
import io.barista.config.type.OneOfType;
import io.barista.config.type.TextType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every engine knob a vLLM or Ray Serve LLM user may bring, under vLLM's names, and ours. The knobs that change what
 * runs are constants; the others are in {@link IgnoredEngineOptions} and {@link RefusedEngineOptions}.
 */
public final class EngineOptions {

    /** The value of {@link #MAX_MODEL_LEN} for {@code auto}: the longest context that fits into memory. */
    public static final int AUTO_MODEL_LEN = -1;

    private static final Effect HONOURED = new Effect.Honoured();

    public static final EngineOption<BackendChoice> BACKEND = honoured("backend", ChoiceType.of(BackendChoice.class),
            BackendChoice.AUTO, "What the model runs on; auto takes the best that works here.");
    public static final EngineOption<Integer> CPU_THREADS = honoured("cpu_threads", IntegerType.between(0, 4096), 0,
            "Threads of the CPU backend; 0 takes one for each processor.");
    public static final EngineOption<DtypeChoice> DTYPE = honoured("dtype",
            ChoiceType.of(DtypeChoice.class).withAlias("float", DtypeChoice.FLOAT32).withAlias("half",
                    DtypeChoice.FLOAT16),
            DtypeChoice.AUTO, "What weights and activations are computed in.");
    public static final EngineOption<QuantizationChoice> QUANTIZATION = honoured("quantization",
            ChoiceType.of(QuantizationChoice.class).withAlias("none", QuantizationChoice.AUTO)
                    .withAlias("gptq_marlin", QuantizationChoice.GPTQ).withAlias("awq_marlin", QuantizationChoice.AWQ)
                    .withAlias("compressed-tensors", QuantizationChoice.COMPRESSED_TENSORS),
            QuantizationChoice.AUTO,
            "How weights are kept: as the model folder has them, or int8 made of plain weights.");
    public static final EngineOption<ModelTask> TASK = honoured("task",
            ChoiceType.of(ModelTask.class).withAlias("embedding", ModelTask.EMBED), ModelTask.AUTO,
            "What the model is for; auto makes embeddings where the folder says how they are pooled, else text.");
    public static final EngineOption<ModelRunner> RUNNER = honoured("runner", ChoiceType.of(ModelRunner.class),
            ModelRunner.AUTO, "The newer name of task; pooling makes embeddings.");
    public static final EngineOption<ModelConversion> CONVERT = honoured("convert",
            ChoiceType.of(ModelConversion.class), ModelConversion.AUTO,
            "embed makes embeddings with a model that was made for text.");
    public static final EngineOption<Integer> MAX_MODEL_LEN = honoured("max_model_len",
            IntegerType.atLeast(1).withUnits().orWord("auto", AUTO_MODEL_LEN), null,
            "Tokens of prompt and answer together; the model's own limit when absent.");
    public static final EngineOption<Integer> MAX_NUM_SEQS = honoured("max_num_seqs", IntegerType.atLeast(1), 256,
            "Sequences that run at the same time at most; a CPU takes 64 when not asked.");
    public static final EngineOption<Integer> MAX_NUM_BATCHED_TOKENS = honoured("max_num_batched_tokens",
            IntegerType.atLeast(1).withUnits(), 2048,
            "Tokens computed in one step at most, prefill and decode together; a CPU takes 512 when not asked.");
    public static final EngineOption<Boolean> ENABLE_CHUNKED_PREFILL = honoured("enable_chunked_prefill",
            new BooleanType(), true, "Long prompts are computed in chunks beside running answers.");
    public static final EngineOption<Integer> LONG_PREFILL_TOKEN_THRESHOLD = honoured("long_prefill_token_threshold",
            IntegerType.atLeast(0), 0, "Tokens of one prompt computed in one step at most; 0 is no limit.");
    public static final EngineOption<SchedulingPolicy> SCHEDULING_POLICY = honoured("scheduling_policy",
            ChoiceType.of(SchedulingPolicy.class), SchedulingPolicy.FCFS,
            "The order of waiting requests: fcfs as they come, priority by their field of that name, the lower first.");
    public static final EngineOption<Integer> MAX_QUEUED_REQUESTS = honoured("max_queued_requests",
            IntegerType.atLeast(-1), 1024,
            "Requests that wait for their turn at most, the next is refused; -1 is no limit. Ours, not vLLM's.");
    public static final EngineOption<Boolean> ENABLE_PREFIX_CACHING = honoured("enable_prefix_caching",
            new BooleanType(), true, "Prompts with equal beginnings share what was computed for them.");
    public static final EngineOption<Integer> BLOCK_SIZE = honoured("block_size",
            OneOfType.of(1, 8, 16, 32, 64, 128, 256), 16, "Tokens in one block of the KV cache.");
    public static final EngineOption<KvCacheChoice> KV_CACHE_DTYPE = honoured("kv_cache_dtype",
            ChoiceType.of(KvCacheChoice.class).withAlias("fp8_e4m3", KvCacheChoice.FP8), KvCacheChoice.AUTO,
            "What keys and values are kept in: as the model is computed, or in 8 bits (e4m3, without scales), which needs a GPU.");
    public static final EngineOption<Long> KV_CACHE_MEMORY_BYTES = honoured("kv_cache_memory_bytes",
            LongType.atLeast(1).withUnits(), null, "Bytes for the KV cache; left to the backend when absent.");
    public static final EngineOption<Integer> NUM_GPU_BLOCKS_OVERRIDE = honoured("num_gpu_blocks_override",
            IntegerType.atLeast(1), null, "Blocks of the KV cache, on any backend; instead of a number of bytes.");
    public static final EngineOption<Long> SEED = honoured("seed", LongType.any(), 0L,
            "Where the draws of requests without a seed of their own begin.");
    public static final EngineOption<Integer> MAX_LOGPROBS = honoured("max_logprobs", IntegerType.atLeast(-1), 20,
            "Log-probabilities a request may ask for per token; -1 is no limit.");
    public static final EngineOption<String> GENERATION_CONFIG = honoured("generation_config", new TextType(), "auto",
            "Default sampling parameters: auto takes the model's generation_config.json, vllm none, else a folder with that file.");
    public static final EngineOption<Map<String, Object>> OVERRIDE_GENERATION_CONFIG = honoured(
            "override_generation_config", new MappingType(), null,
            "Default sampling parameters over those of generation_config.");
    public static final EngineOption<String> CHAT_TEMPLATE = honoured("chat_template", new TextType(), null,
            "A file with a Jinja chat template, or the template itself, instead of the model's.");
    public static final EngineOption<Map<String, Object>> DEFAULT_CHAT_TEMPLATE_KWARGS = honoured(
            "default_chat_template_kwargs", new MappingType(), null,
            "Variables for the chat template that requests may override, such as enable_thinking.");
    public static final EngineOption<String> RESPONSE_ROLE = honoured("response_role", new TextType(), "assistant",
            "The role in answers to a chat.");
    public static final EngineOption<String> REASONING_PARSER = honoured("reasoning_parser", new TextType(), null,
            "How the model marks its reasoning, for example qwen3 or deepseek_r1.");
    public static final EngineOption<String> TOOL_CALL_PARSER = honoured("tool_call_parser", new TextType(), null,
            "How the model writes tool calls, for example hermes.");
    public static final EngineOption<Boolean> ENABLE_AUTO_TOOL_CHOICE = honoured("enable_auto_tool_choice",
            new BooleanType(), false, "The model may decide to call tools (tool_choice auto); needs tool_call_parser.");
    public static final EngineOption<Boolean> EXCLUDE_TOOLS_WHEN_TOOL_CHOICE_NONE = honoured(
            "exclude_tools_when_tool_choice_none", new BooleanType(), false,
            "Leaves tools out of the prompt when tool_choice is none.");
    public static final EngineOption<Boolean> ENABLE_FORCE_INCLUDE_USAGE = honoured("enable_force_include_usage",
            new BooleanType(), false, "Adds usage to every stream, asked or not.");
    public static final EngineOption<Boolean> RETURN_TOKENS_AS_TOKEN_IDS = honoured("return_tokens_as_token_ids",
            new BooleanType(), false, "Writes tokens in logprobs as token_id:ID.");

    public static final EngineOption<Integer> PORT = honoured("port", IntegerType.between(1, 65_535), null,
            "Where the model's first replica listens, the next ones take the ports after it; free ports when absent.");

    public static final EngineOption<String> REVISION = honoured("revision", new TextType(), null,
            "A branch, tag or commit of the model's Hugging Face repository; its main branch when absent.");

    public static final EngineOption<Boolean> ENABLE_LORA = honoured("enable_lora", new BooleanType(), false,
            "Serves LoRA adapters as MODEL:ADAPTER; on by itself where adapters are configured.");
    public static final EngineOption<Integer> MAX_LORAS = honoured("max_loras", IntegerType.atLeast(1), null,
            "Adapters that run at the same time, each of which has room on the device; when absent as many as are kept in "
                    + "the host's memory, 16 at most.");
    public static final EngineOption<Integer> MAX_LORA_RANK = honoured("max_lora_rank",
            OneOfType.of(1, 8, 16, 32, 64, 128, 256, 320, 512), 16, "The largest rank of an adapter.");
    public static final EngineOption<Integer> MAX_CPU_LORAS = honoured("max_cpu_loras", IntegerType.atLeast(1), null,
            "Adapters kept in the host's memory; max_num_adapters_per_replica of lora_config when absent, or else 16.");

    public static final EngineOption<Object> LORA_MODULES = honoured("lora_modules", new NamedPathsType(), null,
            "Adapters by name; a path is a folder, a Hugging Face repository (organisation/name) or a bucket's address, fetched at "
                    + "start.");
    public static final EngineOption<Boolean> ALLOW_RUNTIME_LORA_UPDATING = honoured("allow_runtime_lora_updating",
            new BooleanType(), false,
            "Adapters may be added and removed through /v1/load_lora_adapter and /v1/unload_lora_adapter on the management "
                    + "port.");

    public static final EngineOption<Double> GPU_MEMORY_UTILIZATION = new EngineOption<>("gpu_memory_utilization",
            DecimalType.aboveUpTo(0, 1), 0.92, new Effect.IgnoredOnCpu("there is no GPU memory to share out"),
            "Part of the GPU's memory for weights, activations and KV cache together.");
    public static final EngineOption<Boolean> ENFORCE_EAGER = new EngineOption<>("enforce_eager", new BooleanType(),
            false, new Effect.IgnoredOnCpu("a CPU runs every step eagerly"), "Runs without CUDA graphs.");

    private static final Map<String, EngineOption<?>> BY_KEY = byKey();

    private EngineOptions() {}

    /** Every knob, the honoured ones first. */
    public static List<EngineOption<?>> all() {
        return List.copyOf(BY_KEY.values());
    }

    /** The knob of this key; dashes count as underscores, as in vLLM's YAML and flags. */
    public static Optional<EngineOption<?>> find(String key) {
        return Optional.ofNullable(BY_KEY.get(key.replace('-', '_')));
    }

    private static <T> EngineOption<T> honoured(String key, OptionType<T> type, @Nullable T defaultValue,
            String description) {
        return new EngineOption<>(key, type, defaultValue, HONOURED, description);
    }

    private static Map<String, EngineOption<?>> byKey() {
        List<EngineOption<?>> options = new ArrayList<>(List.of(BACKEND, CPU_THREADS, DTYPE, QUANTIZATION, TASK, RUNNER,
                CONVERT, MAX_MODEL_LEN,
                MAX_NUM_SEQS, MAX_NUM_BATCHED_TOKENS, ENABLE_CHUNKED_PREFILL, LONG_PREFILL_TOKEN_THRESHOLD,
                SCHEDULING_POLICY, MAX_QUEUED_REQUESTS, ENABLE_PREFIX_CACHING, BLOCK_SIZE, KV_CACHE_DTYPE,
                KV_CACHE_MEMORY_BYTES, NUM_GPU_BLOCKS_OVERRIDE, SEED, MAX_LOGPROBS, GENERATION_CONFIG,
                OVERRIDE_GENERATION_CONFIG, CHAT_TEMPLATE, DEFAULT_CHAT_TEMPLATE_KWARGS, RESPONSE_ROLE,
                REASONING_PARSER, TOOL_CALL_PARSER, ENABLE_AUTO_TOOL_CHOICE, EXCLUDE_TOOLS_WHEN_TOOL_CHOICE_NONE,
                ENABLE_FORCE_INCLUDE_USAGE, RETURN_TOKENS_AS_TOKEN_IDS,
                PORT, REVISION, ENABLE_LORA, MAX_LORAS, MAX_LORA_RANK, MAX_CPU_LORAS, LORA_MODULES,
                ALLOW_RUNTIME_LORA_UPDATING,
                GPU_MEMORY_UTILIZATION, ENFORCE_EAGER));
        options.addAll(IgnoredEngineOptions.ALL);
        options.addAll(RefusedEngineOptions.ALL);
        Map<String, EngineOption<?>> byKey = new LinkedHashMap<>();
        for (EngineOption<?> option : options) {
            if (byKey.put(option.key(), option) != null) {
                throw new IllegalStateException("two engine options named " + option.key());
            }
        }
        return byKey;
    }
}

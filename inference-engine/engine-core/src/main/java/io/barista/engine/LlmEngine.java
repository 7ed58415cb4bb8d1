package io.barista.engine;

import static io.barista.config.EngineOptions.BACKEND;
import static io.barista.config.EngineOptions.GENERATION_CONFIG;
import static io.barista.config.EngineOptions.OVERRIDE_GENERATION_CONFIG;

import io.barista.config.EngineConfig;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.DeviceSensors;
import io.barista.engine.grammar.GrammarCompiler;
import io.barista.engine.lora.AdapterCache;
import io.barista.engine.lora.AdapterSource;
import io.barista.engine.model.GenerationDefaults;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.output.OutputProcessor;
import io.barista.engine.output.RequestOutput;
import io.barista.engine.runner.LogitsTap;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One model, ready to generate: {@link #submit} a tokenized request and receive its events. Thread-safe. Every accepted request ends
 * with exactly one {@link EngineEvent.Completed} or {@link EngineEvent.Failed}, whatever happens.
 *
 * <p>Two threads do the work: {@link EngineLoop} computes tokens, {@link OutputProcessor} turns them into text. The only way into
 * the loop is a queue of {@link EngineCommand}s.
 */
public final class LlmEngine implements Engine {

    private final ModelFolder folder;
    private final GenerationDefaults defaults;
    private final EngineObserver observer;
    private final BlockingQueue<EngineCommand> commands;
    private final OutputProcessor output;
    private final EngineThread thread;
    private final ResolvedEngineConfig config;
    private final AdmissionGate gate;
    private final RequestCheck check;
    private final AtomicLong nextSeed;
    private final GrammarCompiler grammars;

    private LlmEngine(ModelFolder folder, GenerationDefaults defaults, EngineObserver observer,
            BlockingQueue<EngineCommand> commands, OutputProcessor output, EngineThread thread) {
        this.folder = folder;
        this.defaults = defaults;
        this.observer = observer;
        this.commands = commands;
        this.output = output;
        this.thread = thread;
        this.config = thread.config();
        this.gate = thread.gate();
        this.check = new RequestCheck(folder.config().vocabSize(), config);
        this.nextSeed = new AtomicLong(config.seed());
        this.grammars = new GrammarCompiler(folder.tokenizer(), folder.config().vocabSize(), defaults.eosTokenIds());
    }

    /**
     * Loads the model and starts the engine's threads; returns when requests can be served.
     *
     * @param backends what this program was built with, best first
     * @throws EngineException INVALID_MODEL or INVALID_CONFIG, with one line that says what to change
     */
    public static LlmEngine start(ModelFolder folder, EngineConfig asked, List<Backend> backends,
            EngineObserver observer) {
        return start(folder, asked, backends, AdapterSource.NONE, observer);
    }

    /**
     * As above, for a model with adapters.
     *
     * @param adapters asked for nothing unless {@code enable_lora} is on
     */
    public static LlmEngine start(ModelFolder folder, EngineConfig asked, List<Backend> backends,
            AdapterSource adapters, EngineObserver observer) {
        GenerationDefaults defaults = folder.generationConfig(asked.get(GENERATION_CONFIG),
                asked.find(OVERRIDE_GENERATION_CONFIG).orElse(Map.of()));
        BackendSelection selection = BackendSelection.choose(asked.get(BACKEND), backends);
        return start(folder, defaults,
                new ModelAssembly(folder, asked, selection, LogitsTap.NONE), adapters, observer);
    }

    /** With anything that can run a plan in the model's place. */
    static LlmEngine start(ModelFolder folder, GenerationDefaults defaults, EngineAssembly assembly,
            AdapterSource adapters, EngineObserver observer) {
        BlockingQueue<EngineCommand> commands = new LinkedBlockingQueue<>();
        EngineObserver guarded = new GuardedObserver(observer);
        OutputProcessor output = new OutputProcessor(new OutputCommands(commands));
        EngineThread thread = new EngineThread(assembly, adapters, commands, output, guarded, defaults.eosTokenIds());
        thread.start();
        return new LlmEngine(folder, defaults, guarded, commands, output, thread);
    }

    /**
     * Queues a request; returns at once. Events arrive on another thread, in order.
     *
     * @throws EngineException INVALID_PARAMETER, CONTEXT_LENGTH_EXCEEDED, QUEUE_FULL or UNAVAILABLE; the listener then hears nothing
     */
    public void submit(GenerationRequest request, EngineListener listener) {
        AcceptedRequest accepted = accept(request);
        requireAlive();
        RequestOutput target = new RequestOutput(request, accepted.maxLength() - request.promptTokens().length,
                folder.tokenizer(), listener, observer, () -> abort(request.id()), System.nanoTime());
        if (!output.register(target)) {
            throw EngineException.invalid("request_id", "a request with id %s is still running", request.id());
        }
        try {
            gate.enter();
        } catch (EngineException full) {
            output.unregister(target);
            throw full;
        }
        commands.add(new EngineCommand.Submit(accepted, target));
        if (!thread.isServing() && output.unregister(target)) {
            // The loop ended in between and will not see the command; had it been faster, the listener would know.
            throw unavailable();
        }
        target.open();
    }

    private AcceptedRequest accept(GenerationRequest request) {
        int maxLength = check.maxLength(request);
        if (request.adapter() != null && thread.adapters().isEmpty()) {
            throw EngineException.invalid("model", "this engine was started without adapters (enable_lora)");
        }
        SamplingParams sampling = request.sampling();
        Long seed = sampling.seed();
        TokenRules rules = TokenRules.of(sampling, defaults.eosTokenIds(), folder.tokenizer());
        SamplingRecipe recipe = new SamplingRecipe(sampling, rules,
                seed == null ? nextSeed.getAndAdd(0x9E3779B97F4A7C15L) : seed);
        Duration timeout = request.timeout();
        return new AcceptedRequest(request, recipe, maxLength,
                timeout == null ? AcceptedRequest.NO_DEADLINE : System.nanoTime() + timeout.toNanos());
    }

    /** Ends a request within one step; unfinished samples end with {@link FinishReason#ABORT}. Idempotent; unknown ids are ignored. */
    public void abort(String requestId) {
        commands.add(new EngineCommand.Abort(requestId));
    }

    /** What {@link GenerationRequest#adapter} comes from; empty when {@code enable_lora} is off. */
    public Optional<AdapterCache> adapters() {
        return thread.adapters();
    }

    @Override
    public ModelFolder model() {
        return folder;
    }

    /** Sampling defaults by the knobs {@code generation_config} and {@code override_generation_config}. */
    public GenerationDefaults generationDefaults() {
        return defaults;
    }

    /** Compiles what {@link GenerationRequest#constraint} takes, on the caller's thread. */
    public GrammarCompiler grammars() {
        return grammars;
    }

    @Override
    public ResolvedEngineConfig config() {
        return config;
    }

    public EngineStats stats() {
        return thread.stats();
    }

    /** Of the device that the model runs on; empty for a CPU, or where the device's driver tells nothing. */
    public Optional<DeviceSensors> sensors() {
        return thread.sensors();
    }

    @Override
    public boolean isAlive() {
        return thread.isServing();
    }

    @Override
    public Duration sinceHeartbeat() {
        return thread.sinceHeartbeat();
    }

    @Override
    public void awaitEnd() {
        thread.awaitEnd();
    }

    /** Stops the engine. Requests that have not ended fail with UNAVAILABLE. Idempotent; returns when memory is released. */
    @Override
    public void close() {
        commands.add(new EngineCommand.Shutdown());
        thread.awaitEnd();
    }

    private void requireAlive() {
        if (!thread.isServing()) {
            throw unavailable();
        }
    }

    private static EngineException unavailable() {
        return EngineException.of(EngineException.Code.UNAVAILABLE, "the engine is shut down or has failed");
    }

    /** What the output thread may ask of the loop. */
    private record OutputCommands(BlockingQueue<EngineCommand> commands) implements OutputProcessor.EngineCommands {

        @Override
        public void endSample(String requestId, int sample) {
            commands.add(new EngineCommand.EndSample(requestId, sample));
        }

        @Override
        public void abort(String requestId) {
            commands.add(new EngineCommand.Abort(requestId));
        }
    }
}

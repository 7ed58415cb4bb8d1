package io.barista.engine;

import static io.barista.config.EngineOptions.BACKEND;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineAssembly.Parts;
import io.barista.engine.backend.Backend;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.lora.Adapter;
import io.barista.engine.lora.AdapterCounters;
import io.barista.engine.lora.AdapterReader;
import io.barista.engine.lora.AdapterSlots;
import io.barista.engine.lora.FetchedAdapter;
import io.barista.engine.model.AdapterTargets;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.runner.StepResult;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerConfig;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceOwner;
import io.barista.engine.scheduler.StepPlan;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs prompts one by one through the engine's own scheduler, cache and decoder, on the calling thread, and shows the raw logits: for
 * comparing an engine with another. Confined to the thread that opened it.
 */
public final class LogitsProbe implements AutoCloseable {

    private final Parts parts;
    private final RequestCheck check;
    private final AdapterSlots slots;
    private final @Nullable Adapter adapter;
    private float[] lastLogits = {};

    /**
     * @param lastLogits [vocabSize], of the prompt's last position
     * @param greedy     the most probable continuation; end tokens do not end it
     */
    public record Result(float[] lastLogits, int[] greedy) {}

    private LogitsProbe(ModelFolder folder, EngineConfig asked, List<Backend> backends, @Nullable Path adapterFolder) {
        BackendSelection selection = BackendSelection.choose(asked.get(BACKEND), backends);
        this.parts = new ModelAssembly(folder, asked, selection, this::keepFirst).assemble();
        this.check = new RequestCheck(folder.config().vocabSize(), parts.config());
        AdapterTargets targets = parts.targets();
        this.adapter = adapterFolder == null || targets == null ? null : read(targets, adapterFolder);
        this.slots = new AdapterSlots(adapter == null ? 0 : 1, parts.runner()::writeAdapter, new AdapterCounters());
    }

    private Adapter read(AdapterTargets targets, Path folder) {
        try (FetchedAdapter files = FetchedAdapter.map("probe", folder)) {
            return new AdapterReader(targets).read(folder.getFileName().toString(), files);
        } catch (RuntimeException e) {
            parts.runner().close();
            throw e;
        }
    }

    /** @throws EngineException INVALID_MODEL or INVALID_CONFIG */
    public static LogitsProbe open(ModelFolder folder, EngineConfig asked, List<Backend> backends) {
        return new LogitsProbe(folder, asked, backends, null);
    }

    /**
     * With an adapter.
     *
     * @param adapter what PEFT has saved
     * @throws EngineException INVALID_MODEL, INVALID_CONFIG or INVALID_ADAPTER
     */
    public static LogitsProbe open(ModelFolder folder, EngineConfig asked, List<Backend> backends, Path adapter) {
        return new LogitsProbe(folder, asked.with(EngineOptions.ENABLE_LORA, true), backends, adapter);
    }

    public ResolvedEngineConfig config() {
        return parts.config();
    }

    /**
     * @param greedyTokens how many tokens to continue the prompt with, at least 1
     * @throws EngineException INVALID_PARAMETER or CONTEXT_LENGTH_EXCEEDED
     */
    public Result run(int[] prompt, int greedyTokens) {
        GenerationRequest request = new GenerationRequest("probe", prompt,
                SamplingParams.greedy(greedyTokens).ignoreEos(true).build()).with(adapter);
        int maxLength = check.maxLength(request);
        if (maxLength < prompt.length + greedyTokens) {
            throw EngineException.of(EngineException.Code.CONTEXT_LENGTH_EXCEEDED,
                    "%d prompt tokens and %d more do not fit a context of %d tokens", prompt.length, greedyTokens,
                    maxLength);
        }
        ResolvedEngineConfig config = parts.config();
        KvBlocks blocks = new KvBlocks(config.kvBlocks(), config.blockSize(), false, 0,
                parts.runner().longSequences().limit());
        Scheduler scheduler = new Scheduler(SchedulerConfig.of(config), blocks, slots);
        Sequence sequence = new Sequence(accepted(request, maxLength), 0, null, blocks.newTable(),
                SequenceOwner.NOBODY);
        scheduler.add(sequence);
        StepResult result = new StepResult(config.maxNumSeqs());
        while (!sequence.isAtMaxLength()) {
            StepPlan plan = scheduler.schedule();
            if (plan.isEmpty()) {
                slots.filled(0); // writing it took place within schedule()
                continue;
            }
            parts.runner().execute(plan, result);
            scheduler.advance(plan);
            if (sequence.pending() == 0) {
                sequence.append(result.token(0));
            }
        }
        scheduler.finish(sequence);
        return new Result(lastLogits, Arrays.copyOfRange(sequence.tokens(), prompt.length, maxLength));
    }

    @Override
    public void close() {
        parts.runner().close();
    }

    private void keepFirst(Sequence sequence, float[] logits) {
        if (sequence.outputLength() == 0) {
            lastLogits = logits.clone();
        }
    }

    private static AcceptedRequest accepted(GenerationRequest request, int maxLength) {
        return new AcceptedRequest(request, new SamplingRecipe(request.sampling(), TokenRules.NONE, 0), maxLength,
                AcceptedRequest.NO_DEADLINE);
    }
}

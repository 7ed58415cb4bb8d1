package io.barista.engine;

import static io.barista.config.EngineOptions.BACKEND;

import io.barista.config.EngineConfig;
import io.barista.engine.EngineAssembly.Parts;
import io.barista.engine.backend.Backend;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.runner.StepResult;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.SchedulerConfig;
import io.barista.engine.scheduler.Sequence;
import io.barista.engine.scheduler.SequenceOwner;
import io.barista.engine.scheduler.StepPlan;
import java.util.Arrays;
import java.util.List;

/**
 * Runs prompts one by one through the engine's own scheduler, cache and decoder, on the calling thread, and shows the raw logits: for
 * comparing an engine with another. Confined to the thread that opened it.
 */
public final class LogitsProbe implements AutoCloseable {

    private final Parts parts;
    private final RequestCheck check;
    private float[] lastLogits = {};

    /**
     * @param lastLogits [vocabSize], of the prompt's last position
     * @param greedy     the most probable continuation; end tokens do not end it
     */
    public record Result(float[] lastLogits, int[] greedy) {}

    private LogitsProbe(ModelFolder folder, EngineConfig asked, List<Backend> backends) {
        BackendSelection selection = BackendSelection.choose(asked.get(BACKEND), backends);
        this.parts = new ModelAssembly(folder, asked, selection, this::keepFirst).assemble();
        this.check = new RequestCheck(folder.config().vocabSize(), parts.config());
    }

    /** @throws EngineException INVALID_MODEL or INVALID_CONFIG */
    public static LogitsProbe open(ModelFolder folder, EngineConfig asked, List<Backend> backends) {
        return new LogitsProbe(folder, asked, backends);
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
                SamplingParams.greedy(greedyTokens).ignoreEos(true).build());
        int maxLength = check.maxLength(request);
        if (maxLength < prompt.length + greedyTokens) {
            throw EngineException.of(EngineException.Code.CONTEXT_LENGTH_EXCEEDED,
                    "%d prompt tokens and %d more do not fit a context of %d tokens", prompt.length, greedyTokens,
                    maxLength);
        }
        ResolvedEngineConfig config = parts.config();
        KvBlocks blocks = new KvBlocks(config.kvBlocks(), config.blockSize(), false, 0,
                parts.runner().longSequences().limit());
        Scheduler scheduler = new Scheduler(SchedulerConfig.of(config), blocks);
        Sequence sequence = new Sequence(accepted(request, maxLength), 0, null, blocks.newTable(),
                SequenceOwner.NOBODY);
        scheduler.add(sequence);
        StepResult result = new StepResult(config.maxNumSeqs());
        while (!sequence.isAtMaxLength()) {
            StepPlan plan = scheduler.schedule();
            parts.runner().execute(plan, result);
            scheduler.advance(plan);
            if (sequence.pending() == 0) {
                sequence.append(result.token(0));
            }
        }
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

package io.barista.engine;

import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.beam.Beam;
import io.barista.engine.beam.BeamSearch;
import io.barista.engine.kvcache.BlockTable;
import io.barista.engine.kvcache.KvBlocks;
import io.barista.engine.output.OutputMessage;
import io.barista.engine.sampling.SamplingRecipe;
import io.barista.engine.sampling.TokenRules;
import io.barista.engine.scheduler.Scheduler;
import io.barista.engine.scheduler.Sequence;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A request that is searched with beams. Each live beam is a sequence that ends after one token; its successors take its place in the
 * scheduler's order and find the full blocks of what came before. The client hears nothing before the end.
 */
final class BeamRequest extends ActiveRequest {

    private final BeamSearch search;
    private final KvBlocks blocks;
    private final int width;
    private List<Sequence> sequences;
    private final @Nullable TokenLogprobs[] choices;
    private int ended;

    BeamRequest(EngineCommand.Submit submit, SamplingParams.Beams beams, Collection<Integer> endTokens, KvBlocks blocks,
            BlockTable table, Outbox outbox, AdmissionGate gate) {
        super(submit, outbox, gate);
        GenerationRequest request = accepted().request();
        this.width = request.sampling().n();
        this.search = new BeamSearch(request.promptTokens(), request.sampling(), beams, accepted().maxLength(),
                endTokens);
        this.blocks = blocks;
        this.choices = new TokenLogprobs[width];
        this.sequences = List.of(sequence(request.promptTokens(), 0, request.sampling().promptLogprobs(), table));
    }

    @Override
    List<Sequence> sequences() {
        return sequences;
    }

    @Override
    public void onToken(Sequence sequence, int token, @Nullable TokenLogprobs logprobs,
            @Nullable FinishReason finish) {
        choices[sequence.sample()] = logprobs;
    }

    @Override
    boolean onEnded(Sequence sequence, Scheduler scheduler) {
        ended++;
        if (ended < sequences.size()) {
            return false;
        }
        ended = 0;
        search.expand(IntStream.range(0, sequences.size()).mapToObj(this::choicesOf).toList());
        if (search.live().isEmpty()) {
            outbox().add(new OutputMessage.Beams(output(), search.answers(), System.nanoTime()));
            return true;
        }
        continueWith(search.live(), scheduler);
        return false;
    }

    private TokenLogprobs choicesOf(int beam) {
        return Objects.requireNonNull(choices[beam], "every beam ends with its next token's log-probabilities");
    }

    private void continueWith(List<Beam> beams, Scheduler scheduler) {
        List<Sequence> parents = sequences;
        List<Sequence> successors = new ArrayList<>();
        for (int i = 0; i < beams.size(); i++) {
            Sequence parent = parents.get(beams.get(i).parent());
            Sequence successor = sequence(beams.get(i).tokens(), i, null, blocks.successor(parent.blocks()));
            successors.add(successor);
            scheduler.replace(parent, successor);
        }
        sequences = successors;
    }

    private Sequence sequence(int[] tokens, int index, @Nullable Integer promptLogprobs, BlockTable table) {
        GenerationRequest whole = accepted().request();
        SamplingParams oneToken = SamplingParams.greedy(1).logprobs(BeamSearch.choices(width))
                .promptLogprobs(promptLogprobs).build();
        GenerationRequest step = new GenerationRequest(whole.id(), tokens, oneToken, whole.priority(),
                whole.cacheSalt(), null, null, whole.adapter());
        return new Sequence(new AcceptedRequest(step, new SamplingRecipe(oneToken, TokenRules.NONE, 0),
                tokens.length + 1, AcceptedRequest.NO_DEADLINE), index, null, table, this);
    }
}

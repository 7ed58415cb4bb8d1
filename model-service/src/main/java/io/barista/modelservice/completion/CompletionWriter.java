package io.barista.modelservice.completion;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.modelservice.answer.FinishReasons;
import io.barista.modelservice.answer.PromptLogprobs;
import io.barista.modelservice.answer.UsageCounter;
import io.barista.openai.PromptLogprob;
import io.barista.openai.Usage;
import io.barista.openai.completion.Completion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The answer to one completion request: in chunks, event by event, or whole once all events are there. */
final class CompletionWriter {

    private final CompletionJob job;
    private final SortedMap<Integer, ChoiceState> states = new TreeMap<>();
    private final SortedMap<Integer, EngineEvent.SampleFinished> finished = new TreeMap<>();
    private final Map<Integer, List<TokenLogprobs>> promptLogprobs = new HashMap<>();
    private final UsageCounter usage;

    CompletionWriter(CompletionJob job) {
        this.job = job;
        this.usage = new UsageCounter(job.promptTokens(), job.generations().size(), false);
    }

    /** What a stream sends after this event. */
    List<Completion> chunksOn(PromptEvent promptEvent) {
        add(promptEvent);
        int prompt = promptEvent.prompt();
        return switch (promptEvent.event()) {
            case EngineEvent.PromptLogprobs _ -> List.of();
            case EngineEvent.Delta delta -> {
                int index = index(prompt, delta.sample());
                ChoiceState state = state(prompt, index);
                yield state.hasText() ? List.of(chunk(choice(index, prompt, state, null))) : List.of();
            }
            case EngineEvent.SampleFinished end -> {
                int index = index(prompt, end.sample());
                yield List.of(chunk(choice(index, prompt, state(prompt, index), end)));
            }
            case EngineEvent.Completed _ -> List.of();
            case EngineEvent.Failed failed -> throw failed.error();
        };
    }

    /** The last chunk of a stream, if usage was asked for. */
    List<Completion> usageChunk() {
        return job.streamOptions().includeUsage() ? List.of(completion(List.of(), usage.usage())) : List.of();
    }

    void add(PromptEvent promptEvent) {
        int prompt = promptEvent.prompt();
        switch (promptEvent.event()) {
            case EngineEvent.PromptLogprobs logprobs -> promptLogprobs.put(prompt, logprobs.tokens());
            case EngineEvent.Delta delta -> {
                if (!job.echoOnly()) {
                    usage.add(delta);
                }
                state(prompt, index(prompt, delta.sample())).add(delta);
            }
            case EngineEvent.SampleFinished end -> finished.put(index(prompt, end.sample()), end);
            case EngineEvent.Completed completed -> usage.add(completed);
            case EngineEvent.Failed failed -> throw failed.error();
        }
    }

    Completion completion() {
        List<Completion.Choice> choices = new ArrayList<>();
        for (int prompt = 0; prompt < job.generations().size(); prompt++) {
            for (int index : best(prompt)) {
                choices.add(choice(choices.size(), prompt, state(prompt, index), finished.get(index)));
            }
        }
        return completion(choices, usage.usage());
    }

    /** The answers to one prompt that are given: all of them as they came, or the best first. */
    private List<Integer> best(int prompt) {
        List<Integer> all = new ArrayList<>(finished.subMap(index(prompt, 0), index(prompt + 1, 0)).keySet());
        boolean searched = job.generations().get(prompt).sampling().beams() != null;
        if (job.choices() < all.size() && !searched) {
            all.sort(Comparator.comparingDouble((Integer index) -> state(prompt, index).meanLogprob()).reversed());
        }
        return all.subList(0, Math.min(job.choices(), all.size()));
    }

    private int index(int prompt, int sample) {
        return prompt * job.samples() + sample;
    }

    private ChoiceState state(int prompt, int index) {
        return states.computeIfAbsent(index, _ -> new ChoiceState(job, prompt,
                job.echoesLogprobs() ? promptLogprobs.getOrDefault(prompt, List.of()) : List.of()));
    }

    private Completion.Choice choice(int index, int prompt, ChoiceState state,
            EngineEvent.@Nullable SampleFinished end) {
        return new Completion.Choice(index, state.takeText(), state.takeLogprobs(),
                end == null ? null : FinishReasons.of(end.reason()), end == null ? null : end.matched(),
                state.takeTokenIds(), promptTokenIds(prompt, end), promptLogprobs(prompt, end));
    }

    private @Nullable List<@Nullable Map<Integer, PromptLogprob>> promptLogprobs(int prompt,
            EngineEvent.@Nullable SampleFinished end) {
        return job.tellsPromptLogprobs() && end != null
                ? PromptLogprobs.of(promptLogprobs.getOrDefault(prompt, List.of()), job.tokenTexts())
                : null;
    }

    /** With the last piece of a choice, which a whole answer consists of. */
    private @Nullable List<Integer> promptTokenIds(int prompt, EngineEvent.@Nullable SampleFinished end) {
        return job.returnTokenIds() && end != null
                ? Arrays.stream(job.generations().get(prompt).promptTokens()).boxed().toList()
                : null;
    }

    private Completion chunk(Completion.Choice choice) {
        return completion(List.of(choice), job.streamOptions().continuousUsageStats() ? usage.usage() : null);
    }

    private Completion completion(List<Completion.Choice> choices, @Nullable Usage usage) {
        return new Completion(job.header().id(), Completion.OBJECT, job.header().created(), job.header().model(),
                choices, usage,
                job.header().fingerprint());
    }
}

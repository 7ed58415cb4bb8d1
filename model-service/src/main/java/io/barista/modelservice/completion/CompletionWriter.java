package io.barista.modelservice.completion;

import io.barista.engine.EngineEvent;
import io.barista.modelservice.answer.FinishReasons;
import io.barista.modelservice.answer.UsageCounter;
import io.barista.openai.Usage;
import io.barista.openai.completion.Completion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The answer to one completion request: in chunks, event by event, or whole once all events are there. */
final class CompletionWriter {

    private final CompletionJob job;
    private final SortedMap<Integer, ChoiceState> states = new TreeMap<>();
    private final SortedMap<Integer, EngineEvent.SampleFinished> finished = new TreeMap<>();
    private final UsageCounter usage;

    CompletionWriter(CompletionJob job) {
        this.job = job;
        this.usage = new UsageCounter(job.promptTokens(), false);
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
            case EngineEvent.PromptLogprobs _ -> {
            }
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
        finished.forEach((index, end) -> {
            int prompt = index / job.samples();
            choices.add(choice(index, prompt, state(prompt, index), end));
        });
        return completion(choices, usage.usage());
    }

    private int index(int prompt, int sample) {
        return prompt * job.samples() + sample;
    }

    private ChoiceState state(int prompt, int index) {
        return states.computeIfAbsent(index, _ -> new ChoiceState(job, prompt));
    }

    private Completion.Choice choice(int index, int prompt, ChoiceState state,
            EngineEvent.@Nullable SampleFinished end) {
        return new Completion.Choice(index, state.takeText(), state.takeLogprobs(),
                end == null ? null : FinishReasons.of(end.reason()), end == null ? null : end.matched(),
                state.takeTokenIds(), promptTokenIds(prompt, end));
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

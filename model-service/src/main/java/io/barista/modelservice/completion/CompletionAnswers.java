package io.barista.modelservice.completion;

import io.barista.engine.EngineEvent;
import io.barista.engine.GenerationRequest;
import io.barista.openai.completion.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A completion request's answer, whole or in chunks, from the events of the engine. */
public final class CompletionAnswers {

    private CompletionAnswers() {}

    public static Flux<Completion> chunks(CompletionJob job, Function<GenerationRequest, Flux<EngineEvent>> engine) {
        return Flux.defer(() -> {
            CompletionWriter writer = new CompletionWriter(job);
            return events(job, engine).concatMapIterable(writer::chunksOn)
                    .concatWith(Flux.defer(() -> Flux.fromIterable(writer.usageChunk())));
        });
    }

    public static Mono<Completion> whole(CompletionJob job, Function<GenerationRequest, Flux<EngineEvent>> engine) {
        return events(job, engine).collect(() -> new CompletionWriter(job), CompletionWriter::add)
                .map(CompletionWriter::completion);
    }

    /** All prompts at once; when one fails the others are aborted. */
    private static Flux<PromptEvent> events(CompletionJob job, Function<GenerationRequest, Flux<EngineEvent>> engine) {
        List<Flux<PromptEvent>> prompts = new ArrayList<>();
        for (int i = 0; i < job.generations().size(); i++) {
            int prompt = i;
            prompts.add(engine.apply(job.generations().get(i)).map(event -> new PromptEvent(prompt, event)));
        }
        return Flux.fromIterable(prompts).flatMap(Function.identity(), prompts.size());
    }
}

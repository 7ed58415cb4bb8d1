package io.barista.modelservice.chat;

import io.barista.engine.EngineEvent;
import io.barista.openai.chat.ChatCompletion;
import io.barista.openai.chat.ChatCompletionChunk;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A chat's answer, whole or in chunks, from the events of the engine. */
public final class ChatAnswers {

    private ChatAnswers() {}

    public static Flux<ChatCompletionChunk> chunks(ChatJob job, Flux<EngineEvent> events) {
        return Flux.defer(() -> {
            ChatChunks chunks = new ChatChunks(job);
            return events.concatMapIterable(chunks::on);
        });
    }

    public static Mono<ChatCompletion> whole(ChatJob job, Flux<EngineEvent> events) {
        return events.collect(() -> new ChatCollector(job), ChatCollector::add).map(ChatCollector::completion);
    }
}

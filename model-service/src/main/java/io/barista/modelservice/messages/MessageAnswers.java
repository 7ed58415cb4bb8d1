package io.barista.modelservice.messages;

import io.barista.config.EngineOptions;
import io.barista.engine.EngineEvent;
import io.barista.modelservice.chat.ChatAnswers;
import io.barista.modelservice.chat.ChatJob;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.messages.Message;
import io.barista.openai.messages.MessageEvent;
import io.barista.openai.messages.MessagesRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A message, whole or in events, from the events of the engine. */
public final class MessageAnswers {

    private MessageAnswers() {}

    /** The chat that a request asks for. A model that does not think keeps any budget for it. */
    public static ChatCompletionRequest chat(MessagesRequest request, ServedModel model) {
        return model.asked().find(EngineOptions.REASONING_PARSER).isPresent()
                ? request.chat()
                : request.chat().without("thinking_token_budget");
    }

    public static Flux<MessageEvent> events(ChatJob job, Flux<EngineEvent> generated) {
        return Flux.defer(() -> {
            MessageWriter writer = writer(job);
            return ChatAnswers.chunks(job, generated).concatMapIterable(writer::on);
        });
    }

    public static Mono<Message> whole(ChatJob job, Flux<EngineEvent> generated) {
        return ChatAnswers.chunks(job, generated).collect(() -> writer(job), MessageWriter::on)
                .map(MessageWriter::message);
    }

    private static MessageWriter writer(ChatJob job) {
        return new MessageWriter(job.header().id().replaceFirst("^chatcmpl-", "msg_"), job.header().model(),
                job.generation().promptTokens().length);
    }
}

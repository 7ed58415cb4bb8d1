package io.barista.modelservice.answer;

import java.util.UUID;

/** What was asked for; ids tell it from each other, as OpenAI's do. */
public enum Operation {

    CHAT("chatcmpl-", "chat"),
    COMPLETION("cmpl-", "text_completion"),
    EMBEDDING("embd-", "embeddings"),
    SCORE("score-", "score"),
    RERANK("rerank-", "rerank");

    private final String idPrefix;
    private final String telemetryName;

    Operation(String idPrefix, String telemetryName) {
        this.idPrefix = idPrefix;
        this.telemetryName = telemetryName;
    }

    /** The id of an answer. */
    public String answerId(String requestId) {
        return idPrefix + requestId;
    }

    /** The engine's id of one request: unique even when a client sends the same request id twice. */
    public static String engineId(String answerId) {
        return answerId + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    public static Operation ofEngineId(String engineId) {
        return engineId.startsWith(CHAT.idPrefix) ? CHAT : COMPLETION;
    }

    /** OpenTelemetry's {@code gen_ai.operation.name}. */
    public String telemetryName() {
        return telemetryName;
    }
}

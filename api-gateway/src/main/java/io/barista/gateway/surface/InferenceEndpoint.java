package io.barista.gateway.surface;

import io.barista.openai.error.Dialect;

/** A POST route whose body names a model; all of them go to a replica of that model, under the same path. */
public enum InferenceEndpoint {

    CHAT_COMPLETIONS("/v1/chat/completions", "chat", true),
    COMPLETIONS("/v1/completions", "text_completion", true),
    RESPONSES("/v1/responses", "chat", false),
    MESSAGES("/v1/messages", "chat", false),
    COUNT_TOKENS("/v1/messages/count_tokens", "tokenize", false),
    EMBEDDINGS("/v1/embeddings", "embeddings", false),
    SCORE("/v1/score", "score", false),
    SCORE_UNVERSIONED("/score", "score", false),
    RERANK("/v1/rerank", "rerank", false),
    RERANK_V2("/v2/rerank", "rerank", false),
    RERANK_UNVERSIONED("/rerank", "rerank", false),
    TOKENIZE("/tokenize", "tokenize", false),
    DETOKENIZE("/detokenize", "detokenize", false);

    private final String path;
    private final String operation;
    private final boolean endsWithDone;

    InferenceEndpoint(String path, String operation, boolean endsWithDone) {
        this.path = path;
        this.operation = operation;
        this.endsWithDone = endsWithDone;
    }

    public String path() {
        return path;
    }

    /** Whose API it is, which decides what errors look like. */
    public Dialect dialect() {
        return Dialect.ofPath(path);
    }

    /** The {@code gen_ai.operation.name} of its meters. */
    public String operation() {
        return operation;
    }

    /** Whether its streams end with {@code data: [DONE]}, so that one without it has been cut off. */
    public boolean endsWithDone() {
        return endsWithDone;
    }
}

package io.barista.openai.error;

import io.barista.openai.NamedEvent;

/** Whose API a route speaks: decides what an error looks like and how a stream of events ends. */
public enum Dialect {

    /** Errors as {@code {"error":{..}}}; streams have events without names and end with {@code [DONE]}. */
    OPENAI,

    /** OpenAI's responses: the same errors, but streams of named events whose last one says that it is the last. */
    RESPONSES,

    /** Anthropic's messages: errors as {@code {"type":"error","error":{..}}}, and streams of named events. */
    MESSAGES;

    /** @param path of the request, without its query */
    public static Dialect ofPath(String path) {
        if (path.equals("/v1/messages") || path.startsWith("/v1/messages/")) {
            return MESSAGES;
        }
        return path.equals("/v1/responses") || path.startsWith("/v1/responses/") ? RESPONSES : OPENAI;
    }

    /** The body of an answer that is not 2xx. */
    public Object body(ApiException error) {
        return switch (this) {
            case OPENAI, RESPONSES -> error.body();
            case MESSAGES -> MessagesError.of(error);
        };
    }

    /** What tells a stream's reader that it breaks off: a {@link NamedEvent} where events have names. */
    public Object event(ApiException error) {
        return switch (this) {
            case OPENAI -> error.body();
            case RESPONSES -> ResponsesError.of(error);
            case MESSAGES -> MessagesError.of(error);
        };
    }

    /** Whether a stream ends with {@code data: [DONE]}, so that one without it has been cut off. */
    public boolean endsWithDone() {
        return this == OPENAI;
    }
}

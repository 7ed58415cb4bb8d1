package io.barista.engine.chat;

import org.jspecify.annotations.Nullable;

/** A chat template that cannot be compiled, or that cannot render its input. The message is fit for the client. */
public final class ChatTemplateException extends RuntimeException {

    private final boolean refusal;

    ChatTemplateException(String message, boolean refusal, @Nullable Throwable cause) {
        super(message, cause);
        this.refusal = refusal;
    }

    /** Whether the template itself refused the messages with {@code raise_exception}; the message is the template's own then. */
    public boolean isRefusal() {
        return refusal;
    }
}

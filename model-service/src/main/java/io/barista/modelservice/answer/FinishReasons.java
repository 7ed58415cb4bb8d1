package io.barista.modelservice.answer;

import io.barista.engine.FinishReason;

/** Why an answer ended, in OpenAI's words. */
public final class FinishReasons {

    public static final String TOOL_CALLS = "tool_calls";

    private FinishReasons() {}

    public static String of(FinishReason reason) {
        return switch (reason) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case ABORT -> "abort";
        };
    }
}

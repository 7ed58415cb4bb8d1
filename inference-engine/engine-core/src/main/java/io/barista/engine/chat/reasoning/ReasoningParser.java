package io.barista.engine.chat.reasoning;

/** Splits one output into reasoning and the rest. The pieces joined do not depend on how the text was cut. One thread at a time. */
public interface ReasoningParser {

    /** Takes the two parts of the text, never empty, in their order. */
    interface Output {

        void reasoning(String text);

        void content(String text);
    }

    void append(String text, Output output);

    /** Gives what was held back, when no text follows. */
    void finish(Output output);

    /** Whether the next text is reasoning, as far as is known. */
    boolean isReasoning();
}

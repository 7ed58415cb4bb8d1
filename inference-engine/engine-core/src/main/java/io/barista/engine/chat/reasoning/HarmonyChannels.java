package io.barista.engine.chat.reasoning;

import io.barista.engine.grammar.ReasoningSpan;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The channels of gpt-oss: {@code analysis} is reasoning, {@code final} and what {@code commentary} tells the user is content. */
record HarmonyChannels() implements ReasoningFormat {

    private static final String ANALYSIS = "<|channel|>analysis<|message|>";
    private static final String FINAL = "<|end|><|start|>assistant<|channel|>final<|message|>";

    @Override
    public ReasoningParser parser(String prompt, Set<String> endedBy) {
        return new HarmonyReasoning(prompt.stripTrailing().endsWith(ANALYSIS));
    }

    @Override
    public ReasoningSpan span(String prompt, @Nullable Integer budget) {
        return new ReasoningSpan(prompt.stripTrailing().endsWith(ANALYSIS), ANALYSIS, FINAL, budget);
    }

    @Override
    public boolean readsSpecialTokens() {
        return true;
    }
}

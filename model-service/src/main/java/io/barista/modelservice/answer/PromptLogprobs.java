package io.barista.modelservice.answer;

import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.openai.PromptLogprob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** vLLM's {@code prompt_logprobs}. */
public final class PromptLogprobs {

    private PromptLogprobs() {}

    /** One map for each token of the prompt, the token itself first in it; null for the first token, before which nothing comes. */
    public static List<@Nullable Map<Integer, PromptLogprob>> of(List<TokenLogprobs> tokens, TokenTexts texts) {
        List<@Nullable Map<Integer, PromptLogprob>> prompt = new ArrayList<>();
        prompt.add(null);
        for (TokenLogprobs entry : tokens) {
            Map<Integer, PromptLogprob> byToken = new LinkedHashMap<>();
            byToken.put(entry.chosen().token(), shown(entry.chosen(), entry.rank(), texts));
            for (int i = 0; i < entry.top().size(); i++) {
                byToken.putIfAbsent(entry.top().get(i).token(), shown(entry.top().get(i), i + 1, texts));
            }
            prompt.add(byToken);
        }
        return prompt;
    }

    private static PromptLogprob shown(TokenLogprob token, int rank, TokenTexts texts) {
        return new PromptLogprob(TokenTexts.finite(token.logprob()), rank, texts.text(token.token()));
    }
}

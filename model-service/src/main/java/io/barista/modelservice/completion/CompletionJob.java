package io.barista.modelservice.completion;

import io.barista.engine.GenerationRequest;
import io.barista.modelservice.answer.AnswerHeader;
import io.barista.modelservice.answer.TokenTexts;
import io.barista.modelservice.engine.ServedModel;
import io.barista.openai.StreamOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A completion request, checked and tokenized: all that is left is to generate.
 *
 * @param generations one per prompt
 * @param choices     answers given for each prompt: the best of those generated
 * @param logprobs    whether answers carry log-probabilities
 * @param echoes      the prompts' texts to put before the answers; null for no echo
 * @param echoOnly    the answer is the prompt alone; the token that the engine has to make is dropped
 */
public record CompletionJob(ServedModel model, AnswerHeader header, List<GenerationRequest> generations, int choices,
        boolean logprobs, @Nullable List<String> echoes, boolean echoOnly, boolean stream, StreamOptions streamOptions,
        TokenTexts tokenTexts, boolean returnTokenIds) {

    /** Answers generated for each prompt. */
    int samples() {
        return generations.getFirst().sampling().n();
    }

    /** Whether the log-probabilities of the prompt are a part of the answer's. */
    boolean echoesLogprobs() {
        return echoes != null && logprobs;
    }

    /** Whether vLLM's own field tells the prompt's log-probabilities. */
    boolean tellsPromptLogprobs() {
        return generations.getFirst().sampling().promptLogprobs() != null && !echoesLogprobs();
    }

    int promptTokens() {
        return generations.stream().mapToInt(generation -> generation.promptTokens().length).sum();
    }
}

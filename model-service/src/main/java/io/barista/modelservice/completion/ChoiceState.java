package io.barista.modelservice.completion;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.modelservice.answer.TokenTexts;
import io.barista.openai.completion.CompletionLogprobs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one choice has produced and not yet given out. Text, log-probabilities and ids pile up until they are taken: after
 * every event in a stream, once at the end otherwise.
 */
final class ChoiceState {

    private final CompletionJob job;
    private StringBuilder text = new StringBuilder();
    private List<Integer> tokenIds = new ArrayList<>();
    private List<TokenLogprobs> logprobs = new ArrayList<>();
    private int textOffset;

    ChoiceState(CompletionJob job, int prompt) {
        this.job = job;
        List<String> echoes = job.echoes();
        if (echoes != null) {
            text.append(echoes.get(prompt));
        }
    }

    void add(EngineEvent.Delta delta) {
        if (job.echoOnly()) {
            return;
        }
        text.append(delta.text());
        logprobs.addAll(delta.logprobs());
        for (int token : delta.tokens()) {
            tokenIds.add(token);
        }
    }

    boolean hasText() {
        return !text.isEmpty();
    }

    String takeText() {
        String taken = text.toString();
        text = new StringBuilder();
        return taken;
    }

    /** Null when the request did not ask. */
    @Nullable
    List<Integer> takeTokenIds() {
        if (!job.returnTokenIds()) {
            return null;
        }
        List<Integer> taken = tokenIds;
        tokenIds = new ArrayList<>();
        return taken;
    }

    /** Null when the request did not ask. */
    @Nullable
    CompletionLogprobs takeLogprobs() {
        if (!job.wantsLogprobs()) {
            return null;
        }
        List<Integer> offsets = new ArrayList<>();
        List<Double> chosen = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        List<Map<String, Double>> top = new ArrayList<>();
        for (TokenLogprobs entry : logprobs) {
            String token = job.tokenTexts().text(entry.chosen().token());
            offsets.add(textOffset);
            textOffset += token.length();
            chosen.add(TokenTexts.finite(entry.chosen().logprob()));
            tokens.add(token);
            top.add(rivals(entry));
        }
        logprobs = new ArrayList<>();
        return new CompletionLogprobs(offsets, chosen, tokens, top);
    }

    /** The most probable tokens, and the chosen one if it is not among them. */
    private Map<String, Double> rivals(TokenLogprobs entry) {
        Map<String, Double> rivals = new LinkedHashMap<>();
        for (TokenLogprob rival : entry.top()) {
            rivals.put(job.tokenTexts().text(rival.token()), TokenTexts.finite(rival.logprob()));
        }
        rivals.putIfAbsent(job.tokenTexts().text(entry.chosen().token()), TokenTexts.finite(entry.chosen().logprob()));
        return rivals;
    }
}

package io.barista.modelservice.completion;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.modelservice.answer.PendingTokenIds;
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
    private final PendingTokenIds tokenIds;
    private List<TokenLogprobs> logprobs = new ArrayList<>();
    private final @Nullable Integer firstPromptToken;
    private int textOffset;
    private boolean begun;
    private double logprobSum;
    private int logprobCount;

    /** @param promptLogprobs to be told before those of the answer; empty when they are not */
    ChoiceState(CompletionJob job, int prompt, List<TokenLogprobs> promptLogprobs) {
        this.job = job;
        this.tokenIds = new PendingTokenIds(job.returnTokenIds());
        this.firstPromptToken = job.echoesLogprobs() ? job.generations().get(prompt).promptTokens()[0] : null;
        logprobs.addAll(promptLogprobs);
        List<String> echoes = job.echoes();
        if (echoes != null) {
            text.append(echoes.get(prompt));
        }
    }

    void add(EngineEvent.Delta delta) {
        for (TokenLogprobs entry : delta.logprobs()) {
            logprobSum += entry.chosen().logprob();
            logprobCount++;
        }
        if (job.echoOnly()) {
            return;
        }
        text.append(delta.text());
        logprobs.addAll(delta.logprobs());
        tokenIds.add(delta.tokens());
    }

    /** OpenAI's measure of the best answer: log-probability per token. */
    double meanLogprob() {
        return logprobCount == 0 ? Double.NEGATIVE_INFINITY : logprobSum / logprobCount;
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
        return tokenIds.take();
    }

    /** Null when the request did not ask. */
    @Nullable
    CompletionLogprobs takeLogprobs() {
        if (!job.logprobs()) {
            return null;
        }
        List<Integer> offsets = new ArrayList<>();
        List<@Nullable Double> chosen = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        List<@Nullable Map<String, Double>> top = new ArrayList<>();
        if (firstPromptToken != null && !begun) {
            tokens.add(placed(firstPromptToken, offsets));
            chosen.add(null);
            top.add(null);
        }
        begun = true;
        for (TokenLogprobs entry : logprobs) {
            String token = placed(entry.chosen().token(), offsets);
            chosen.add(TokenTexts.finite(entry.chosen().logprob()));
            tokens.add(token);
            top.add(rivals(entry));
        }
        logprobs = new ArrayList<>();
        return new CompletionLogprobs(offsets, chosen, tokens, top);
    }

    private String placed(int token, List<Integer> offsets) {
        String text = job.tokenTexts().text(token);
        offsets.add(textOffset);
        textOffset += text.length();
        return text;
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

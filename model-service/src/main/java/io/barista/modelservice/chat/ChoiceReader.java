package io.barista.modelservice.chat;

import io.barista.engine.EngineEvent;
import io.barista.engine.EngineEvent.TokenLogprob;
import io.barista.engine.EngineEvent.TokenLogprobs;
import io.barista.engine.FinishReason;
import io.barista.engine.chat.MessageDelta;
import io.barista.engine.chat.MessageParser;
import io.barista.modelservice.answer.FinishReasons;
import io.barista.modelservice.answer.PendingTokenIds;
import io.barista.modelservice.answer.TokenTexts;
import io.barista.openai.chat.ChatLogprobs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the engine's events of one choice into what its client may see, the same for streams and whole answers. Log-probabilities
 * and token ids pile up until {@link #takeLogprobs} and {@link #takeTokenIds} fetch them, since text is held back at times
 * while tokens are not.
 */
final class ChoiceReader {

    private final ChatJob job;
    private final MessageParser parser;
    private final boolean wantsLogprobs;
    private List<ChatLogprobs.Entry> logprobs = new ArrayList<>();
    private final PendingTokenIds tokenIds;
    private int reasoningTokens;
    private boolean calledTool;

    ChoiceReader(ChatJob job) {
        this.job = job;
        this.parser = job.parsers().get();
        this.tokenIds = new PendingTokenIds(job.returnTokenIds());
        this.wantsLogprobs = job.generation().sampling().logprobs() != null;
    }

    List<MessageDelta> read(EngineEvent.Delta delta) {
        boolean wasReasoning = parser.isReasoning();
        List<MessageDelta> deltas = parser.append(delta.text());
        boolean reasoned = wasReasoning || parser.isReasoning();
        if (reasoned) {
            reasoningTokens += delta.tokens().length;
        }
        if (!reasoned || job.includeReasoning()) {
            delta.logprobs().forEach(entry -> logprobs.add(entry(entry)));
            tokenIds.add(delta.tokens());
        }
        return visible(deltas);
    }

    /** What was held back, when no more text comes. */
    List<MessageDelta> finish() {
        return visible(parser.finish());
    }

    String finishReason(FinishReason reason) {
        return reason == FinishReason.STOP && calledTool && !job.callsNamedTool()
                ? FinishReasons.TOOL_CALLS
                : FinishReasons.of(reason);
    }

    /** Tokens of the model's thoughts so far. */
    int reasoningTokens() {
        return reasoningTokens;
    }

    /** What came since the last call; null when the request did not ask. */
    @Nullable
    ChatLogprobs takeLogprobs() {
        if (!wantsLogprobs) {
            return null;
        }
        ChatLogprobs taken = new ChatLogprobs(logprobs);
        logprobs = new ArrayList<>();
        return taken;
    }

    /** What came since the last call; null when the request did not ask. */
    @Nullable
    List<Integer> takeTokenIds() {
        return tokenIds.take();
    }

    private List<MessageDelta> visible(List<MessageDelta> deltas) {
        return deltas.stream().filter(this::isVisible).toList();
    }

    private boolean isVisible(MessageDelta delta) {
        return switch (delta) {
            case MessageDelta.ContentDelta _ -> true;
            case MessageDelta.ReasoningDelta _ -> job.includeReasoning();
            case MessageDelta.ToolCallStart start -> {
                calledTool = true;
                yield start.index() == 0 || job.parallelToolCalls();
            }
            case MessageDelta.ToolCallArguments arguments -> arguments.index() == 0 || job.parallelToolCalls();
        };
    }

    private ChatLogprobs.Entry entry(TokenLogprobs logprobs) {
        ChatLogprobs.Token chosen = token(logprobs.chosen());
        return new ChatLogprobs.Entry(chosen.token(), chosen.logprob(), chosen.bytes(),
                logprobs.top().stream().map(this::token).toList());
    }

    private ChatLogprobs.Token token(TokenLogprob logprob) {
        String text = job.tokenTexts().text(logprob.token());
        return new ChatLogprobs.Token(text, TokenTexts.finite(logprob.logprob()), TokenTexts.bytes(text));
    }
}

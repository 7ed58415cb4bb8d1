package io.barista.modelservice.embedding;

import io.barista.engine.tokenizer.Tokenizer;
import io.barista.modelservice.chat.ChatPrompt;
import io.barista.modelservice.chat.ChatTools;
import io.barista.modelservice.engine.EmbeddingModel;
import io.barista.modelservice.request.PromptTruncation;
import io.barista.modelservice.request.Tokens;
import io.barista.openai.ServingFields;
import io.barista.openai.completion.Prompt;
import io.barista.openai.embedding.EmbeddingInput;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Inputs into token ids: cut where the request says so, refused where they are too long. */
final class InputTokens {

    /** OpenAI's limit. */
    private static final int MAX_INPUTS = 2048;

    private final EmbeddingModel model;
    private final boolean addSpecialTokens;
    private final ServingFields serving;
    private final Tokens tokens;

    InputTokens(EmbeddingModel model, boolean addSpecialTokens, ServingFields serving) {
        this.model = model;
        this.addSpecialTokens = addSpecialTokens;
        this.serving = serving;
        this.tokens = new Tokens(model.tokenizer(), model.maxModelLen(), model.vocabSize());
    }

    /** @throws ApiException for inputs that cannot be embedded */
    List<int[]> of(EmbeddingInput input) {
        return switch (input) {
            case EmbeddingInput.Texts(List<Prompt> prompts) -> of(prompts, "input");
            case EmbeddingInput.Conversation(var messages, var template) ->
                List.of(fitting(cut(ChatPrompt.render(messages, ChatTools.shown(null), template, null, model).tokens()),
                        "messages"));
        };
    }

    /** @param param the field they came in */
    List<int[]> of(List<Prompt> prompts, String param) {
        if (prompts.isEmpty() || prompts.size() > MAX_INPUTS) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, param, "%s must have 1 to %d elements, got %d.", param,
                    MAX_INPUTS, prompts.size());
        }
        List<int[]> inputs = new ArrayList<>(prompts.size());
        for (Prompt prompt : prompts) {
            inputs.add(of(prompt, param));
        }
        return inputs;
    }

    private int[] of(Prompt prompt, String param) {
        return fitting(switch (prompt) {
            case Prompt.Text(String text) when addSpecialTokens && serving.truncatePromptTokens() != null ->
                cutWithin(text, param);
            case Prompt.Text(String text) -> cut(tokens.ofText(text, addSpecialTokens, param));
            case Prompt.Tokens(List<Integer> ids) -> cut(tokens.ofIds(ids, param));
        }, param);
    }

    private int[] cut(int[] input) {
        return PromptTruncation.truncatedInput(input, 0, serving, model.maxModelLen());
    }

    /** Cuts the text and leaves the special tokens around it: where they end the input, the embedding is the last one's. */
    private int[] cutWithin(String text, String param) {
        Tokenizer tokenizer = model.tokenizer();
        int[] whole = tokens.ofText(text, true, param);
        int[] plain = tokenizer.encode(text, false);
        int added = whole.length - plain.length;
        int before = added > 0 ? indexOf(plain, whole) : -1;
        if (before < 0) {
            return cut(whole);
        }
        int[] kept = PromptTruncation.truncatedInput(plain, added, serving, model.maxModelLen());
        int[] input = new int[kept.length + added];
        System.arraycopy(whole, 0, input, 0, before);
        System.arraycopy(kept, 0, input, before, kept.length);
        System.arraycopy(whole, before + plain.length, input, before + kept.length, added - before);
        return input;
    }

    /** Where one array stands in another; -1 when it does not. */
    private static int indexOf(int[] part, int[] whole) {
        for (int start = 0; start + part.length <= whole.length; start++) {
            if (Arrays.equals(part, 0, part.length, whole, start, start + part.length)) {
                return start;
            }
        }
        return -1;
    }

    private int[] fitting(int[] input, String param) {
        if (input.length > model.maxModelLen()) {
            throw ApiException.of(ErrorCode.CONTEXT_LENGTH_EXCEEDED, param,
                    "This model's maximum context length is %d tokens. However, you requested %d tokens in the input"
                            + " for embedding generation. Please reduce the length of the input.",
                    model.maxModelLen(), input.length);
        }
        return input;
    }
}

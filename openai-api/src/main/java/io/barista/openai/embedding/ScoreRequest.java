package io.barista.openai.embedding;

import io.barista.openai.ServingFields;
import io.barista.openai.completion.Prompt;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Texts to be compared: one with one, one with each of many, or pair by pair.
 *
 * @param model  null when left out
 * @param first  as many as there are seconds, or one
 * @param second not empty
 */
public record ScoreRequest(@Nullable String model, List<Prompt> first, List<Prompt> second, boolean addSpecialTokens,
        ServingFields serving) {

    /** The names vLLM has had for the two sides. */
    private static final List<List<String>> SIDES = List.of(List.of("text_1", "text_2"),
            List.of("queries", "documents"), List.of("queries", "items"), List.of("data_1", "data_2"));

    public static ScoreRequest read(JsonFields fields) {
        for (List<String> names : SIDES) {
            JsonValue first = fields.value(names.getFirst());
            JsonValue second = fields.value(names.getLast());
            if (first != null && second != null) {
                return checked(new ScoreRequest(fields.string("model"), texts(first), texts(second),
                        fields.flag("add_special_tokens", true), ServingFields.read(fields)), names);
            }
        }
        throw ApiException.of(ErrorCode.MISSING_PARAMETER, "text_1",
                "Missing required parameters: 'text_1' and 'text_2' (or 'queries' and 'documents').");
    }

    private static ScoreRequest checked(ScoreRequest request, List<String> names) {
        if (request.first.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, names.getFirst(),
                    "At least one text element must be given");
        }
        if (request.second.isEmpty()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, names.getLast(),
                    "At least one text_pair element must be given");
        }
        if (request.first.size() > 1 && request.first.size() != request.second.size()) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, names.getFirst(),
                    "Input lengths must be either 1:1, 1:N or N:N");
        }
        return request;
    }

    private static List<Prompt> texts(JsonValue side) {
        return side.isArray() ? side.elements().stream().map(Document::text).toList() : List.of(Document.text(side));
    }
}

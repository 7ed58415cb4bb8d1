package io.barista.openai.tokenize;

import io.barista.openai.json.JsonFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record DetokenizeRequest(@Nullable String model, List<Integer> tokens) {

    public static DetokenizeRequest read(JsonFields fields) {
        fields.required("tokens");
        return new DetokenizeRequest(fields.string("model"), fields.integers("tokens"));
    }
}

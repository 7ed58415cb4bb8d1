package io.barista.openai.error;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** {@code {"error":{"message","type","param","code"}}}: the body of every answer that is not 2xx, and of an SSE error event. */
public record ErrorBody(Detail error) {

    /**
     * @param message what was wrong and what to do; never a stack trace, a path or an address
     * @param param   the request field at fault, if one is
     * @param code    a stable string such as {@code model_not_found}
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Detail(String message, String type, @Nullable String param, @Nullable String code) {}

    public static ErrorBody of(ErrorCode code, String message, @Nullable String param) {
        return new ErrorBody(new Detail(message, code.type(), param, code.code()));
    }
}

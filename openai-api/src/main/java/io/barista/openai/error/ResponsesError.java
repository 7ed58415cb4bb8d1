package io.barista.openai.error;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.barista.openai.NamedEvent;
import org.jspecify.annotations.Nullable;

/** The event {@code error} in a stream of {@code /v1/responses}. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ResponsesError(String type, @Nullable String code, String message, @Nullable String param)
        implements
            NamedEvent {

    static ResponsesError of(ApiException error) {
        ErrorBody.Detail detail = error.body().error();
        return new ResponsesError("error", detail.code(), detail.message(), detail.param());
    }
}

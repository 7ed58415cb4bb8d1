package io.barista.openai.responses;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.barista.openai.error.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response at some moment of its life.
 *
 * @param createdAt         seconds since 1970
 * @param status            {@code queued}, {@code in_progress}, {@code completed}, {@code incomplete}, {@code failed} or {@code cancelled}
 * @param incompleteDetails why it is incomplete, if it is
 * @param usage             null until it has ended
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Response(String id, String object, long createdAt, String status, boolean background,
        @Nullable Failure error, @Nullable IncompleteDetails incompleteDetails, String model, List<OutputItem> output,
        @Nullable ResponseUsage usage, @JsonUnwrapped ResponseSettings settings) {

    public static final String IN_PROGRESS = "in_progress";

    public record Failure(String code, String message) {}

    /** @param reason {@code max_output_tokens} */
    public record IncompleteDetails(String reason) {}

    /** One that has just been made. */
    public static Response begun(String id, long createdAt, boolean background, String model,
            ResponseSettings settings) {
        return new Response(id, "response", createdAt, IN_PROGRESS, background, null, null, model, List.of(), null,
                settings);
    }

    public Response completed(List<OutputItem> items, @Nullable ResponseUsage tokens) {
        return new Response(id, object, createdAt, "completed", background, null, null, model, items, tokens,
                settings);
    }

    public Response incomplete(List<OutputItem> items, @Nullable ResponseUsage tokens) {
        return new Response(id, object, createdAt, "incomplete", background, null,
                new IncompleteDetails("max_output_tokens"), model, items, tokens, settings);
    }

    public Response failed(List<OutputItem> items, ApiException failure) {
        String code = failure.code().code() == null ? "server_error" : failure.code().code();
        return new Response(id, object, createdAt, "failed", background,
                new Failure(code, String.valueOf(failure.getMessage())), null, model, items, null, settings);
    }

    public Response cancelled() {
        return new Response(id, object, createdAt, "cancelled", background, null, null, model, output, null, settings);
    }

    /** Whether nothing more will happen to it. */
    public boolean hasEnded() {
        return !status.equals(IN_PROGRESS);
    }
}

package io.barista.openai.responses;

/** The answer to a response's deletion. */
public record DeletedResponse(String id, String object, boolean deleted) {

    public static DeletedResponse of(String id) {
        return new DeletedResponse(id, "response", true);
    }
}

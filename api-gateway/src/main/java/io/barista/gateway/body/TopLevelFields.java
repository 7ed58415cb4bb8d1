package io.barista.gateway.body;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * The fields of a request that decide its way. The whole body is walked once, token by token and without building
 * anything, so that what is not JSON ends here.
 *
 * @param model              as asked for; null when absent or null
 * @param previousResponseId which response is gone on with; null when absent or null
 */
public record TopLevelFields(@Nullable String model, @Nullable String previousResponseId) {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(512)
                    .maxStringLength(Integer.MAX_VALUE).build())
            .build();

    /** @throws ApiException 400 when the bytes are not one JSON object, or {@code model} is not one string */
    static TopLevelFields read(InputStream body) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ApiException(ErrorCode.INVALID_JSON, "The request body must be a JSON object.");
            }
            TopLevelFields fields = readObject(parser);
            if (parser.nextToken() != null) {
                throw new ApiException(ErrorCode.INVALID_JSON, "The request body goes on after the end of its JSON.");
            }
            return fields;
        } catch (StreamConstraintsException _) {
            throw new ApiException(ErrorCode.INVALID_JSON,
                    "The request body is nested too deeply, or one of its names or numbers is too long.");
        } catch (JacksonException e) {
            TokenStreamLocation place = e.getLocation();
            throw new ApiException(ErrorCode.INVALID_JSON, "The request body is not valid JSON" + (place == null
                    ? "."
                    : " (line %d, column %d).".formatted(place.getLineNr(), place.getColumnNr())));
        }
    }

    private static TopLevelFields readObject(JsonParser parser) {
        String model = null;
        String previous = null;
        boolean modelSeen = false;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            JsonToken value = parser.nextToken();
            if (name.equals("previous_response_id") && value == JsonToken.VALUE_STRING) {
                previous = parser.getString(); // anything else is for the replica to judge
                continue;
            }
            if (!name.equals("model")) {
                parser.skipChildren();
                continue;
            }
            if (modelSeen) { // which one the replica would take is not for us to guess
                throw ApiException.of(ErrorCode.INVALID_VALUE, "model", "`model` is given more than once.");
            }
            modelSeen = true;
            model = readModel(parser, value);
        }
        return new TopLevelFields(model, previous);
    }

    private static @Nullable String readModel(JsonParser parser, JsonToken value) {
        if (value == JsonToken.VALUE_NULL) {
            return null;
        }
        if (value != JsonToken.VALUE_STRING) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "model", "`model` must be a string.");
        }
        return parser.getString();
    }
}

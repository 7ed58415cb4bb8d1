package io.barista.openai.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one way from bytes to JSON and back. Requests are read through {@link JsonFields}, so that every complaint names its
 * field; answers are plain records.
 *
 * <p>Refused with {@link ErrorCode#INVALID_JSON}: anything but one JSON value, a name given twice (two readers of one body
 * might see two values), and documents beyond the limits below, which exist so that no body can exhaust a thread or the heap.
 */
public final class OpenAiJson {

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxNestingDepth(128)
            .maxNumberLength(400).maxNameLength(4_096).maxStringLength(32 << 20).maxTokenCount(4_000_000).build();

    private final JsonMapper mapper = JsonMapper
            .builder(JsonFactory.builder().streamReadConstraints(LIMITS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(always -> always.withValueInclusion(JsonInclude.Include.NON_NULL)).build();

    /**
     * The fields of a body that must be a JSON object.
     *
     * @throws ApiException INVALID_JSON or INVALID_VALUE
     */
    public JsonFields readObject(byte[] body) {
        JsonNode root = parse(body);
        if (root == null || !root.isObject()) {
            throw new ApiException(ErrorCode.INVALID_VALUE, "The request body must be a JSON object.");
        }
        return JsonFields.root(root);
    }

    /**
     * Reads an answer of ours or of another server; unknown fields are ignored.
     *
     * @throws JacksonException when the bytes are something else
     */
    public <T> T read(byte[] json, Class<T> type) {
        return mapper.readValue(json, type);
    }

    /** Compact JSON in UTF-8. */
    public byte[] write(Object value) {
        return mapper.writeValueAsBytes(value);
    }

    private JsonNode parse(byte[] body) {
        try {
            return mapper.readTree(body);
        } catch (StreamConstraintsException e) {
            throw invalid("exceeds a limit: " + e.getOriginalMessage(), e);
        } catch (JacksonException e) {
            // Jackson adds where what did not end began, in words about itself.
            throw invalid("is not valid JSON: " + e.getOriginalMessage().replaceFirst(" \\(start marker at .*", ""), e);
        }
    }

    private static ApiException invalid(String what, JacksonException cause) {
        TokenStreamLocation at = cause.getLocation();
        String where = at == null || at.getLineNr() < 1
                ? ""
                : " (line %d, column %d)".formatted(at.getLineNr(), at.getColumnNr());
        // Jackson quotes names, and a name may hold half a surrogate pair, which no answer can carry.
        String printable = new String((what + where).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return new ApiException(ErrorCode.INVALID_JSON, "The request body " + printable);
    }
}

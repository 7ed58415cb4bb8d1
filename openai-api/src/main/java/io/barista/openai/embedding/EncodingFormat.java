package io.barista.openai.embedding;

import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the numbers of an embedding are written. */
public enum EncodingFormat {

    /** A JSON array. */
    FLOAT,

    /** Base64 of 32-bit floats, the lowest byte first. */
    BASE64;

    /** The fields {@code encoding_format}, {@code embed_dtype} and {@code endianness}; of the latter two only what is usual is served. */
    static EncodingFormat read(JsonFields fields) {
        require(fields.string("embed_dtype"), "embed_dtype", "float32");
        require(fields.string("endianness"), "endianness", "native", "little");
        String format = fields.string("encoding_format");
        return switch (format) {
            case null -> FLOAT;
            case "float" -> FLOAT;
            case "base64" -> BASE64;
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, "encoding_format",
                    "'encoding_format' must be 'float' or 'base64', got '%s'.", format);
        };
    }

    private static void require(@Nullable String value, String field, String... served) {
        if (value != null && !List.of(served).contains(value)) {
            throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, field, "'%s' may be %s here, got '%s'.", field,
                    String.join(" or ", served), value);
        }
    }
}

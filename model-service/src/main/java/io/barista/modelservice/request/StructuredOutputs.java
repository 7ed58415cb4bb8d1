package io.barista.modelservice.request;

import io.barista.engine.grammar.CompiledGrammar;
import io.barista.engine.grammar.GrammarCompiler;
import io.barista.engine.grammar.StructuredOutput;
import io.barista.engine.grammar.Whitespace;
import io.barista.engine.grammar.syntax.GrammarException;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must look like, under all the names in use: OpenAI's {@code response_format}, vLLM's {@code structured_outputs} and its
 * older {@code guided_*} fields.
 */
public final class StructuredOutputs {

    /** An output and the field that asked for it. */
    public record Asked(StructuredOutput output, String param) {

        /** @throws ApiException when it cannot be enforced, naming the field */
        public CompiledGrammar compile(GrammarCompiler compiler) {
            try {
                return compiler.compile(output);
            } catch (GrammarException refused) {
                throw new ApiException(ErrorCode.INVALID_VALUE, "'%s': %s.".formatted(param, refused.getMessage()),
                        param, refused);
            }
        }
    }

    private static final List<String> KINDS = List.of("json", "regex", "choice", "grammar", "json_object");
    private static final Set<String> WRAPPER_FIELDS = Set.of("name", "strict", "description");

    private final Map<String, JsonValue> fields;
    private final List<Asked> asked = new ArrayList<>();

    private StructuredOutputs(Map<String, JsonValue> fields) {
        this.fields = fields;
    }

    /**
     * @param fields of the request, by name
     * @return null when the answer may be any text
     * @throws ApiException for a value of the wrong form, and for more than one kind of output
     */
    public static @Nullable Asked read(Map<String, JsonValue> fields) {
        StructuredOutputs outputs = new StructuredOutputs(fields);
        outputs.readResponseFormat();
        outputs.readStructuredOutputs();
        outputs.readGuided();
        if (outputs.asked.size() > 1) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, outputs.asked.get(1).param(),
                    "You can only use one kind of structured output, got %s.",
                    String.join(" and ", outputs.asked.stream().map(Asked::param).toList()));
        }
        return outputs.asked.isEmpty() ? null : outputs.asked.getFirst();
    }

    private void readResponseFormat() {
        JsonValue format = fields.get("response_format");
        if (format == null) {
            return;
        }
        JsonFields parts = format.asFields();
        String type = parts.requiredString("type");
        switch (type) {
            case "text" -> {
            }
            case "json_object" -> {
                JsonValue schema = parts.value("schema");
                asked.add(new Asked(schema == null
                        ? new StructuredOutput.JsonObject(Whitespace.FLEXIBLE)
                        : schema(schema, Whitespace.FLEXIBLE), format.path()));
            }
            case "json_schema" -> {
                // responses and messages have no wrapper
                JsonValue flat = parts.value("json_schema") == null ? parts.value("schema") : null;
                asked.add(new Asked(
                        schema(flat == null ? unwrapped(parts.required("json_schema")) : flat, Whitespace.FLEXIBLE),
                        format.path()));
            }
            default -> throw ApiException.of(ErrorCode.INVALID_VALUE, parts.pathOf("type"),
                    "'%s' must be 'text', 'json_object' or 'json_schema', got '%s'.", parts.pathOf("type"), type);
        }
    }

    /** OpenAI wraps the schema with a name; many clients send it as it is. */
    private static JsonValue unwrapped(JsonValue value) {
        if (!value.isObject()) {
            return value;
        }
        JsonFields parts = value.asFields();
        JsonValue schema = parts.value("schema");
        if (schema != null && schema.isObject()) {
            return schema;
        }
        if (!value.isEmpty() && WRAPPER_FIELDS.containsAll(value.asMap().keySet())) {
            throw ApiException.of(ErrorCode.MISSING_PARAMETER, value.path() + ".schema",
                    "Missing required parameter: '%s.schema'.", value.path());
        }
        return value;
    }

    private void readStructuredOutputs() {
        JsonValue value = fields.get("structured_outputs");
        if (value == null) {
            return;
        }
        JsonFields parts = value.asFields();
        for (String unsupported : List.of("structural_tag", "whitespace_pattern")) {
            if (parts.value(unsupported) != null) {
                throw ApiException.of(ErrorCode.UNSUPPORTED_PARAMETER, parts.pathOf(unsupported),
                        "'%s' is not supported by this server.", parts.pathOf(unsupported));
            }
        }
        Whitespace whitespace = parts.flag("disable_any_whitespace", false) ? Whitespace.NONE : Whitespace.FLEXIBLE;
        for (String name : KINDS) {
            ask(name, parts.value(name), whitespace);
        }
    }

    private void readGuided() {
        for (String name : KINDS) {
            ask(name, fields.get("guided_" + name), Whitespace.FLEXIBLE);
        }
    }

    private void ask(String kind, @Nullable JsonValue value, Whitespace whitespace) {
        StructuredOutput output = value == null ? null : kind(kind, value, whitespace);
        if (value != null && output != null) {
            asked.add(new Asked(output, value.path()));
        }
    }

    private static @Nullable StructuredOutput kind(String name, JsonValue value, Whitespace whitespace) {
        return switch (name) {
            case "json" -> schema(value, whitespace);
            case "regex" -> new StructuredOutput.Regex(value.asString());
            case "choice" -> new StructuredOutput.Choice(
                    value.elements().stream().map(JsonValue::asString).toList());
            case "grammar" -> new StructuredOutput.Ebnf(value.asString());
            default -> value.asFlag() ? new StructuredOutput.JsonObject(whitespace) : null;
        };
    }

    /** A schema as an object, or as text that holds one. */
    private static StructuredOutput schema(JsonValue value, Whitespace whitespace) {
        if (!value.isObject() && !value.isString()) {
            throw value.mismatch("a JSON schema");
        }
        return new StructuredOutput.JsonSchema(value.isString() ? value.asString() : value.asJson(), whitespace);
    }
}

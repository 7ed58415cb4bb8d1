package io.barista.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.engine.grammar.syntax.GrammarException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaLanguageTest {

    private static final String PERSON = """
            {"type": "object", "title": "Person", "properties": {"name": {"type": "string"}, "age": {"type": "integer"},
             "tags": {"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 2}}, "required": ["name", "age"]}""";

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\":\"A\\u00e9\\\"b\", \"age\": 3}",
        "{ \"name\": \"日\",\"age\":-12,\"tags\":[\"a\",\"b\"] }",
        "{\n  \"name\": \"x\",\n  \"age\": 0,\n  \"tags\": []\n}"})
    void acceptsCompactAndPrettyObjects(String json) {
        assertThat(Language.schema(PERSON).has(json)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"age\":3,\"name\":\"A\"}", "{\"name\":\"A\"}", "{\"name\":\"A\",\"age\":3,\"x\":1}",
        "{\"name\":\"A\",\"age\":3.5}", "{\"name\":\"A\",\"age\":3,\"tags\":[\"c\"]}",
        "{\"name\":\"A\",\"age\":3,\"tags\":[\"a\",\"a\",\"a\"]}", "{\"name\":\"A\",\"age\":03}", "[]",
        "{\"name\":\"\\ud800\",\"age\":1}", "{\"name\":\"A\",,\"age\":3}"})
    void refusesWhatTheSchemaRefuses(String json) {
        assertThat(Language.schema(PERSON).has(json)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"type\":\"integer\",\"minimum\":-5,\"maximum\":120}|-5|-6",
        "{\"type\":\"integer\",\"minimum\":-5,\"maximum\":120}|120|121",
        "{\"type\":\"number\",\"exclusiveMinimum\":0.25,\"maximum\":3}|0.2501|0.25",
        "{\"type\":\"number\",\"exclusiveMinimum\":0.25,\"maximum\":3}|3.000|3.0001",
        "{\"type\":\"number\",\"minimum\":-1.5}|-1.5|-1.51", "{\"type\":\"integer\",\"multipleOf\":7}|-49|50",
        "{\"type\":\"number\",\"multipleOf\":0.25}|1.75|1.80",
        "{\"type\":\"integer\",\"multipleOf\":5,\"minimum\":7,\"maximum\":21}|15|5",
        "{\"const\":{\"a\":[1,null]}}|{\"a\":[1,null]}|{}", "{\"type\":[\"string\",\"null\"]}|null|1",
        "{\"type\":\"string\",\"minLength\":2,\"maxLength\":3}|\"日\\n\"|\"日\"",
        "{\"type\":\"string\",\"pattern\":\"b+\"}|\"abbc\"|\"ac\"",
        "{\"type\":\"string\",\"format\":\"date\"}|\"2024-02-29\"|\"2023-02-29\"",
        "{\"type\":\"string\",\"format\":\"email\"}|\"a.b+c@mail.example.org\"|\"a@b\"",
        "{\"type\":\"string\",\"format\":\"color\"}|\"anything\"|1",
        "{\"allOf\":[{\"type\":\"integer\"},{\"minimum\":3},{\"maximum\":9}]}|9|10",
        "{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"integer\"}]}|null|\"\"",
        "{\"oneOf\":[{\"const\":1},{\"const\":2}]}|2|3",
        "{\"prefixItems\":[{\"const\":1},{\"const\":2}],\"items\":false,\"minItems\":1}|[1]|[1,2,3]",
        "{\"properties\":{\"na\":{\"const\":1}},\"additionalProperties\":{\"const\":2}}|{\"na\":1,\"nab\":2,\"n\":2}|{\"na\":2}",
        "{\"$ref\":\"#/$defs/t\",\"$defs\":{\"t\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/t\"}}}}|[[],[[]]]|[[],[[]}",
        "true|{\"a\":[1.5e3,null,\"x\"]}|{a:1}"})
    void enforcesItsKeywords(String schema, String inside, String outside) {
        Language language = Language.schema(schema);

        assertThat(language.has(inside)).isTrue();
        assertThat(language.has(outside)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"not\":{}}|not", "{\"type\":\"array\",\"uniqueItems\":true}|uniqueItems",
        "{\"patternProperties\":{\"a\":{}}}|patternProperties", "{\"if\":{},\"then\":{}}|if",
        "{\"minProperties\":1}|minProperties",
        "{\"type\":\"string\",\"pattern\":\"a\",\"minLength\":3}|pattern",
        "{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}|oneOf",
        "{\"$ref\":\"http://example.com/s\"}|$ref", "{\"$ref\":\"#/nowhere\"}|$ref", "{\"type\":\"text\"}|type",
        "{\"type\":\"string\",\"maxLength\":1000000}|maxLength", "{\"type\":\"string\",\"minLength\":-1}|minLength",
        "{\"enum\":[1],\"type\":\"string\"}|enum", "{\"type\":\"string\",\"pattern\":\"(?=a)\"}|lookaround",
        "{\"properties\":{\"a\":false},\"required\":[\"a\"]}|required", "{\"anyOf\":[]}|anyOf"})
    void namesTheKeywordThatItCannotEnforce(String schema, String keyword) {
        assertThatThrownBy(() -> Language.schema(schema)).isInstanceOf(GrammarException.class)
                .hasMessageContaining(keyword);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"$ref\":\"#\"}", "{\"allOf\":[{\"$ref\":\"#\"},{\"type\":\"object\"}]}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}", "false", "[]",
        "{\"type\":", "7"})
    void refusesSchemasThatNothingSatisfies(String schema) {
        assertThatThrownBy(() -> Language.schema(schema)).isInstanceOf(GrammarException.class);
    }

    @Test
    void refusesSchemasThatAreNestedTooDeep() {
        String deep = "{\"items\":".repeat(400) + "{}" + "}".repeat(400);

        assertThatThrownBy(() -> Language.schema(deep)).isInstanceOf(GrammarException.class)
                .hasMessageContaining("nested deeper");
    }

    @Test
    void keepsTheOrderOfPropertiesApart() {
        String first = "{\"properties\":{\"a\":{},\"b\":{}},\"required\":[\"a\",\"b\"]}";
        String second = "{\"properties\":{\"b\":{},\"a\":{}},\"required\":[\"a\",\"b\"]}";

        assertThat(Language.schema(first).has("{\"a\":1,\"b\":2}")).isTrue();
        assertThat(Language.schema(second).has("{\"a\":1,\"b\":2}")).isFalse();
    }
}

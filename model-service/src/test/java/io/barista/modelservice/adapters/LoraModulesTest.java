package io.barista.modelservice.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.barista.engine.EngineException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraModulesTest {

    private static final List<String> BASES = List.of("llama", "org/llama");

    @ParameterizedTest
    @ValueSource(
            strings = {"sql=org/sql-lora chat=s3://anonymous@b/chat", "sql=org/sql-lora,chat=s3://anonymous@b/chat",
                "[\"sql=org/sql-lora\", {\"name\": \"chat\", \"path\": \"s3://anonymous@b/chat\"}]"})
    void readsWhateverVllmsUsersWrite(String option) {
        assertThat(LoraModules.parse(option, BASES)).containsExactly(entry("sql", "org/sql-lora"),
                entry("chat", "s3://anonymous@b/chat"));
    }

    @Test
    void takesTheBaseByEachOfItsNames() {
        for (String base : BASES) {
            assertThat(LoraModules.parse(Map.of("name", "sql", "path", "a", "base_model_name", base), BASES))
                    .containsExactly(entry("sql", "a"));
        }
        assertThat(LoraModules.parse("{\"name\": \"sql\", \"path\": \"a\", \"base_model_name\": null}", BASES))
                .containsExactly(entry("sql", "a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`',
            textBlock = """
                    org/sql-lora              | expected name=path or {"name": ..., "path": ...}, got org/sql-lora
                    s3://id:key@bucket/x      | expected name=path or {"name": ..., "path": ...}, got s3://...
                    s3://id:key=@bucket/x     | 's3://...' is no name: letters, digits, '.', '_' and '-', 128 at most
                    [{"at": "s3://id:key@b"}] | expected name=path or {"name": ..., "path": ...}, got {at=s3://...}
                    [{"at": "s3://id:key@b"   | [{"at": "s3://..." is no JSON
                    [null]                    | expected name=path or {"name": ..., "path": ...}, got null
                    a/b=org/sql-lora          | 'a/b' is no name: letters, digits, '.', '_' and '-', 128 at most
                    sql=                      | adapter sql has no path; expected a folder or an address
                    sql=a sql=b               | two adapters are named sql
                    {"name": "sql", "path": "a", "base_model_name": "qwen"} | adapter sql: its base_model_name is qwen, but the model is called llama, org/llama
                    """)
    void saysWhatIsWrong(String option, String message) {
        assertThatThrownBy(() -> LoraModules.parse(option, BASES)).isInstanceOf(EngineException.class)
                .hasMessage("lora_modules: " + message);
    }
}

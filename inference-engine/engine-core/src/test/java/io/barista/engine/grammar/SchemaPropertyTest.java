package io.barista.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.barista.engine.goldens.SharedGoldens;
import io.barista.engine.grammar.syntax.GrammarException;
import io.barista.engine.tokenizer.HuggingFaceTokenizer;
import io.barista.engine.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Random schemas, random tokens, and a validator that knows nothing of grammars. {@code -Dbarista.grammar.schemas} sets how many; the
 * build tries fewer than docs/reference/structured-outputs.md speaks of.
 */
class SchemaPropertyTest {

    private static final int SCHEMAS = Integer.getInteger("barista.grammar.schemas", 1_500);
    private static final int MAX_TOKENS = 400;

    private static final JsonMapper JSON = JsonMapper.builder().enable(
            DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private final Tokenizer tokenizer = HuggingFaceTokenizer.load(SharedGoldens.demoModel());
    private final GrammarCompiler compiler = new GrammarCompiler(tokenizer, tokenizer.vocabSize(), List.of());
    private final SchemaRegistry validators = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @Test
    void everyFinishedOutputIsValid() {
        int finished = 0;
        int refused = 0;
        for (int seed = 0; seed < SCHEMAS; seed++) {
            Random random = new Random(seed);
            String schema = new RandomSchemas(random).next();
            CompiledGrammar grammar;
            try {
                grammar = compiler.compile(new StructuredOutput.JsonSchema(schema, Whitespace.FLEXIBLE));
            } catch (GrammarException refusal) {
                refused++;
                continue;
            }
            Optional<String> text = new Sampling(tokenizer, random).write(grammar, MAX_TOKENS);
            if (text.isPresent()) {
                finished++;
                requireValid(schema, text.get(), seed);
            }
        }
        assertThat(finished).as("finished outputs; %d schemas were refused", refused).isGreaterThan(SCHEMAS * 3 / 4);
    }

    private void requireValid(String schema, String text, int seed) {
        JsonNode value = JSON.readTree(text);
        Schema validator = validators.getSchema(JSON.readTree(schema));
        List<Error> errors = validator.validate(value,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
        assertThat(errors).as("seed %d: %s by %s", seed, text, schema).isEmpty();
    }
}

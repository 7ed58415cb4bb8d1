package io.barista.cli.offline;

import io.barista.cli.CommandFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;

/** The two JSON files of the logits command. */
final class LogitsFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private LogitsFile() {}

    /** @param greedyTokens how many tokens to continue each prompt with; none when absent */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Input(List<Prompt> prompts, int greedyTokens) {

        Input {
            prompts = prompts == null ? List.of() : prompts; // absent in the file
        }
    }

    record Prompt(int[] ids) {}

    /** @param lastLogits base64 of little-endian float32, one for each entry of the vocabulary */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Result(String lastLogits, int[] greedy) {

        static Result of(float[] logits, int[] greedy, int greedyTokens) {
            ByteBuffer bytes = ByteBuffer.allocate(logits.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(logits);
            return new Result(Base64.getEncoder().encodeToString(bytes.array()), Arrays.copyOf(greedy, greedyTokens));
        }
    }

    record Output(List<Result> results) {}

    static Input read(Path file, String shown) throws IOException {
        try {
            return checked(JSON.readValue(Files.readAllBytes(file), Input.class), shown);
        } catch (NoSuchFileException _) {
            throw CommandFailure.of("--input %s: no such file", shown);
        } catch (JacksonException wrong) {
            throw CommandFailure.of("--input %s: expected {\"prompts\":[{\"ids\":[1,2,3]}],\"greedy_tokens\":48}; %s",
                    shown,
                    wrong.getOriginalMessage());
        }
    }

    private static Input checked(Input input, String shown) {
        if (input.prompts().isEmpty()) {
            throw CommandFailure.of("--input %s: prompts is missing or empty", shown);
        }
        for (Prompt prompt : input.prompts()) {
            if (prompt.ids() == null || prompt.ids().length == 0) {
                throw CommandFailure.of("--input %s: a prompt without ids", shown);
            }
        }
        if (input.greedyTokens() < 0) {
            throw CommandFailure.of("--input %s: greedy_tokens must be 0 or more, was %d", shown,
                    input.greedyTokens());
        }
        return input;
    }

    static byte[] write(List<Result> results) {
        return JSON.writeValueAsBytes(new Output(results));
    }
}

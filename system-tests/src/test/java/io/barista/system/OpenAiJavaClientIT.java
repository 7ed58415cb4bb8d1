package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionFunctionTool;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The official Java client against the gateway. */
class OpenAiJavaClientIT {

    private static OpenAIClient client;

    @BeforeAll
    static void connect() {
        client = OpenAIOkHttpClient.builder().baseUrl(DemoSuite.get().url() + "/v1").apiKey("none").maxRetries(0)
                .build();
    }

    @AfterAll
    static void disconnect() {
        client.close();
    }

    private static ChatCompletionCreateParams.Builder ask(String question) {
        return ChatCompletionCreateParams.builder().model("barista-demo").addUserMessage(question).temperature(0);
    }

    @Test
    void answersAChat() {
        ChatCompletion answer = client.chat().completions().create(ask("What is 12 + 7?").build());

        assertThat(answer.choices()).singleElement().satisfies(choice -> {
            assertThat(choice.message().content().orElseThrow()).contains("19");
            assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        });
        assertThat(answer.usage().orElseThrow().completionTokens()).isPositive();
        assertThat(answer.model()).isEqualTo("barista-demo");
    }

    @Test
    void streamsAChatTokenByToken() {
        ChatCompletionCreateParams params = ask("What is the capital of France?")
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(params)) {
            chunks = stream.stream().toList();
        }

        List<String> texts = chunks.stream().flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream()).filter(text -> !text.isEmpty()).toList();
        assertThat(String.join("", texts)).isEqualTo("The capital of France is Paris.");
        assertThat(texts).hasSizeGreaterThan(3);
        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().totalTokens()).isPositive();
        assertThat(chunks.stream().flatMap(chunk -> chunk.choices().stream())
                .filter(choice -> choice.finishReason().isPresent())).hasSize(1);
    }

    @Test
    void callsATool() {
        ChatCompletion answer = client.chat().completions().create(ask("What is the weather in Paris?")
                .addTool(ChatCompletionFunctionTool.builder().function(FunctionDefinition.builder().name("get_weather")
                        .description("Get the weather of a city")
                        .parameters(FunctionParameters.builder().putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty("properties",
                                        JsonValue.from(Map.of("city",
                                                Map.of("type", "string", "description", "The city name"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("city"))).build())
                        .build()).build())
                .build());

        assertThat(answer.choices().getFirst().finishReason())
                .isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(answer.choices().getFirst().message().toolCalls().orElseThrow()).singleElement()
                .satisfies(call -> {
                    assertThat(call.asFunction().function().name()).isEqualTo("get_weather");
                    assertThat(Suite.JSON.readTree(call.asFunction().function().arguments()).get("city").asString())
                            .isEqualTo("Paris");
                });
    }

    @Test
    void answersInAForm() {
        ResponseFormatJsonSchema form = ResponseFormatJsonSchema.builder()
                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder().name("verdict").strict(true)
                        .schema(ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty("properties",
                                        JsonValue.from(Map.of("capital", Map.of("type", "boolean"))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("capital")))
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false)).build())
                        .build())
                .build();
        ChatCompletion answer = client.chat().completions()
                .create(ask("Is Paris the capital of France?").responseFormat(form).build());

        JsonNode verdict = Suite.JSON.readTree(answer.choices().getFirst().message().content().orElseThrow());
        assertThat(verdict.propertyNames()).containsExactly("capital");
        assertThat(verdict.get("capital").isBoolean()).isTrue();
    }

    @Test
    void respondsAndFollowsUp() {
        Response response = client.responses()
                .create(ResponseCreateParams.builder().model("barista-demo").input("What is 12 + 7?").temperature(0.0)
                        .build());
        Response followUp = client.responses()
                .create(ResponseCreateParams.builder().model("barista-demo").input("And what is 3 + 4?")
                        .previousResponseId(response.id()).temperature(0.0).build());

        assertThat(text(response)).contains("19");
        assertThat(text(followUp)).isNotBlank();
        assertThat(followUp.previousResponseId()).hasValue(response.id());
    }

    private static String text(Response response) {
        return response.output().stream().flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream()).flatMap(content -> content.outputText().stream())
                .map(output -> output.text()).collect(Collectors.joining());
    }

    @Test
    void completesAPrompt() {
        Completion completion = client.completions()
                .create(CompletionCreateParams.builder().model("barista-demo").prompt("The capital of France")
                        .maxTokens(8)
                        .temperature(0).build());
        String streamed;
        try (var stream = client.completions().createStreaming(CompletionCreateParams.builder().model("barista-demo")
                .prompt("The capital of France").maxTokens(8).temperature(0).build())) {
            streamed = stream.stream().flatMap(chunk -> chunk.choices().stream()).map(choice -> choice.text())
                    .collect(Collectors.joining());
        }

        assertThat(completion.choices()).singleElement().satisfies(choice -> assertThat(choice.text()).isNotBlank());
        assertThat(streamed).isEqualTo(completion.choices().getFirst().text());
    }

    @Test
    void listsTheModels() {
        assertThat(client.models().list().data()).extracting(Model::id).containsExactly("barista-demo",
                "barista-demo:haiku", "barista-demo:pirate");
        assertThat(client.models().retrieve("barista-demo").id()).isEqualTo("barista-demo");
    }

    @Test
    void reportsAnUnknownModelAsNotFound() {
        ChatCompletionCreateParams params = ask("Hello").model("no-such-model").build();

        assertThatThrownBy(() -> client.chat().completions().create(params)).isInstanceOfSatisfying(
                NotFoundException.class, error -> assertThat(error.code()).hasValue("model_not_found"));
    }

    @Test
    void reportsABadParameterByItsName() {
        ChatCompletionCreateParams params = ask("Hello").topP(3).build();

        assertThatThrownBy(() -> client.chat().completions().create(params)).isInstanceOfSatisfying(
                BadRequestException.class, error -> assertThat(error.param()).hasValue("top_p"));
    }
}

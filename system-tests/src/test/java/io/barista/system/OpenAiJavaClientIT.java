package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        assertThat(client.models().list().data()).extracting(Model::id).containsExactly("barista-demo");
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

package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** LangChain4j's OpenAI client against the gateway. */
class LangChainIT {

    private static final String URL = DemoSuite.get().url() + "/v1";

    private static final ChatModel MODEL = OpenAiChatModel.builder().baseUrl(URL).apiKey("none")
            .modelName("barista-demo").temperature(0.0).maxRetries(0)
            .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA).strictJsonSchema(true).maxTokens(300)
            .build();

    /** Remembers what it was asked. */
    static final class Weather {

        private final List<String> cities = new ArrayList<>();

        @Tool(name = "get_weather", value = "Get the weather of a city")
        String weather(@P("The city name") String city) {
            cities.add(city);
            return "{\"temperature\": 21, \"condition\": \"sunny\"}";
        }
    }

    enum Size {
        SMALL, BIG
    }

    record City(Size size, boolean capital) {}

    interface Assistant {

        String chat(String question);
    }

    interface Geographer {

        City city(String question);
    }

    @Test
    void answersAChat() {
        assertThat(MODEL.chat("What is 12 + 7?")).contains("19");
    }

    @Test
    void streamsAChatPieceByPiece() throws Exception {
        List<String> pieces = new ArrayList<>();
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        OpenAiStreamingChatModel.builder().baseUrl(URL).apiKey("none").modelName("barista-demo").temperature(0.0)
                .build().chat("What is the capital of France?", new StreamingChatResponseHandler() {

                    @Override
                    public void onPartialResponse(String piece) {
                        pieces.add(piece);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });

        assertThat(whole.get(60, TimeUnit.SECONDS).aiMessage().text()).isEqualTo("The capital of France is Paris.");
        assertThat(pieces).hasSizeGreaterThan(3);
        assertThat(whole.get().tokenUsage().outputTokenCount()).isPositive();
    }

    @Test
    void callsAToolAndAnswersFromItsResult() {
        Weather weather = new Weather();
        Assistant assistant = AiServices.builder(Assistant.class).chatModel(MODEL).tools(weather).build();

        assertThat(assistant.chat("What is the weather in Paris?")).contains("sunny");
        assertThat(weather.cities).containsExactly("Paris");
    }

    @Test
    void readsAnAnswerIntoARecord() {
        Geographer geographer = AiServices.builder(Geographer.class).chatModel(MODEL).build();

        assertThat(geographer.city("What is the capital of France?").size()).isNotNull();
    }
}

package io.barista.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;

/** Spring AI's OpenAI client against the gateway. */
class SpringAiIT {

    private static final ChatClient CLIENT = ChatClient
            .create(OpenAiChatModel.builder().options(options().build()).build());

    private static OpenAiChatOptions.Builder options() {
        return OpenAiChatOptions.builder().baseUrl(DemoSuite.get().url() + "/v1").apiKey("none").model("barista-demo")
                .temperature(0.0);
    }

    /** Remembers what it was asked. */
    static final class Weather {

        private final List<String> cities = new ArrayList<>();

        @Tool(name = "get_weather", description = "Get the weather of a city")
        String weather(@ToolParam(description = "The city name") String city) {
            cities.add(city);
            return "{\"temperature\": 21, \"condition\": \"sunny\"}";
        }
    }

    enum Size {
        SMALL, BIG
    }

    record City(Size size, boolean capital) {}

    @Test
    void answersAChat() {
        assertThat(CLIENT.prompt().user("What is 12 + 7?").call().content()).contains("19");
    }

    @Test
    void streamsAChatPieceByPiece() {
        List<String> pieces = CLIENT.prompt().user("What is the capital of France?").stream().content().collectList()
                .block();

        assertThat(pieces).hasSizeGreaterThan(3);
        assertThat(String.join("", pieces)).isEqualTo("The capital of France is Paris.");
    }

    @Test
    void callsAToolAndAnswersFromItsResult() {
        Weather weather = new Weather();
        String answer = CLIENT.prompt().user("What is the weather in Paris?").tools(weather).call().content();

        assertThat(weather.cities).containsExactly("Paris");
        assertThat(answer).contains("sunny");
    }

    @Test
    void callsAToolWhileStreaming() {
        Weather weather = new Weather();
        List<String> pieces = CLIENT.prompt().user("What is the weather in Paris?").tools(weather).stream().content()
                .collectList().block();

        assertThat(weather.cities).containsExactly("Paris");
        assertThat(String.join("", pieces)).contains("sunny");
    }

    @Test
    void readsAnAnswerIntoARecord() {
        BeanOutputConverter<City> city = new BeanOutputConverter<>(City.class);
        String answer = CLIENT.prompt().user("What is the capital of France?")
                .options(options().outputSchema(city.getJsonSchema())).call().content();

        assertThat(city.convert(answer).size()).isNotNull();
    }
}

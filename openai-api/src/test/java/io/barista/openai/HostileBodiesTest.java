package io.barista.openai;

import io.barista.openai.chat.ChatCompletionRequest;
import io.barista.openai.completion.CompletionRequest;
import io.barista.openai.error.ApiException;
import io.barista.openai.json.JsonFields;
import io.barista.openai.json.OpenAiJson;
import io.barista.openai.tokenize.DetokenizeRequest;
import io.barista.openai.tokenize.TokenizeRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a body holds, reading it ends in a request or in an ApiException whose answer can be written. */
class HostileBodiesTest {

    private static final List<String> NAMES = List.of("model", "messages", "prompt", "tools", "tool_choice", "stop",
            "temperature", "max_tokens", "n", "seed", "stream", "stream_options", "logprobs", "top_logprobs", "role",
            "content", "type", "text", "function", "name", "arguments", "tool_calls", "documents", "tokens",
            "chat_template_kwargs", "stop_token_ids", "include_usage", "something");

    private static final List<Function<JsonFields, Object>> READERS = List.of(ChatCompletionRequest::read,
            CompletionRequest::read, TokenizeRequest::read, DetokenizeRequest::read);

    private final OpenAiJson json = new OpenAiJson();

    @Property(tries = 3000)
    void anyJsonIsReadOrRefused(@ForAll("objects") String body) {
        readOrRefuse(body.getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 1000)
    void anyDamagedJsonIsReadOrRefused(@ForAll("objects") String body, @ForAll int at, @ForAll byte damage) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        bytes[Math.floorMod(at, bytes.length)] = damage;
        readOrRefuse(bytes);
    }

    @Property(tries = 300)
    void anyBytesAreReadOrRefused(@ForAll byte[] body) {
        readOrRefuse(body);
    }

    private void readOrRefuse(byte[] body) {
        for (Function<JsonFields, Object> reader : READERS) {
            try {
                reader.apply(json.readObject(body));
            } catch (ApiException refused) {
                json.write(refused.body());
            }
        }
    }

    @Provide
    Arbitrary<String> objects() {
        return object(values(3));
    }

    private static Arbitrary<String> values(int depth) {
        Arbitrary<String> scalars = Arbitraries.of("null", "true", "0", "-1", "1.5", "1e400", "1e-400",
                "99999999999999999999", "\"\"", "\"user\"", "\"text\"", "\"function\"", "\"\\ud800\"", "\"\\u0000\"",
                "\"7\"", "\"NaN\"", "\"auto\"", "[]", "{}", "[null]", "[[]]");
        if (depth == 0) {
            return scalars;
        }
        Arbitrary<String> inner = values(depth - 1);
        Arbitrary<String> lists = inner.list().ofMaxSize(3).map(elements -> "[" + String.join(",", elements) + "]");
        return Arbitraries.oneOf(scalars, lists, object(inner));
    }

    private static Arbitrary<String> object(Arbitrary<String> values) {
        Arbitrary<String> members = Combinators.combine(Arbitraries.of(NAMES), values)
                .as((name, value) -> "\"" + name + "\":" + value);
        return members.list().uniqueElements(member -> member.substring(0, member.indexOf(':'))).ofMaxSize(8)
                .map(all -> "{" + String.join(",", all) + "}");
    }
}

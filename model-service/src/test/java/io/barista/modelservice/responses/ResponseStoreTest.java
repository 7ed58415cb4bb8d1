package io.barista.modelservice.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.openai.chat.ChatMessage;
import io.barista.openai.error.ApiException;
import io.barista.openai.json.OpenAiJson;
import io.barista.openai.responses.Response;
import io.barista.openai.responses.ResponseSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResponseStoreTest {

    private static final OpenAiJson JSON = new OpenAiJson();

    @Test
    void theOneUsedLongestAgoMakesRoom() {
        ResponseStore store = new ResponseStore(2, 1 << 20, JSON);
        store.put(stored("a", "x"));
        store.put(stored("b", "x"));
        store.require("a");
        store.put(stored("c", "x"));
        assertThat(store.find("a")).isPresent();
        assertThat(store.find("b")).isEmpty();
        assertThat(store.find("c")).isPresent();
    }

    @Test
    void bytesAreBoundedToo() {
        long one = JSON.write(stored("a", "x".repeat(1000))).length;
        ResponseStore store = new ResponseStore(100, 3 * one, JSON);
        for (String id : List.of("a", "b", "c", "d")) {
            store.put(stored(id, "x".repeat(1000)));
        }
        assertThat(store.find("a")).isEmpty();
        assertThat(store.find("d")).isPresent();
        store.put(stored("e", "x".repeat(10_000)));
        assertThat(store.find("e")).as("larger than all of the memory").isEmpty();
        store.put(stored("f", "x"));
        assertThat(store.find("f")).as("the count of bytes is still right").isPresent();
    }

    @Test
    void anotherStateOfTheSameResponseTakesItsPlace() {
        ResponseStore store = new ResponseStore(2, 1 << 20, JSON);
        store.put(stored("a", "first"));
        store.put(stored("a", "second"));
        assertThat(store.require("a").conversation()).containsExactly(ChatMessage.of("user", "second"));
        store.remove("a");
        assertThatThrownBy(() -> store.require("a")).isInstanceOf(ApiException.class)
                .hasMessage("Response with id 'a' not found.");
        assertThatThrownBy(() -> store.remove("a")).isInstanceOf(ApiException.class);
    }

    private static StoredResponse stored(String id, String text) {
        ResponseSettings settings = new ResponseSettings(null, null, null, true, null, null, true, null, Map.of(),
                "auto", List.of(), null, null, "disabled", null, Map.of());
        return new StoredResponse(Response.begun(id, 0, false, "m", settings).completed(List.of(), null),
                List.of(ChatMessage.of("user", text)));
    }
}

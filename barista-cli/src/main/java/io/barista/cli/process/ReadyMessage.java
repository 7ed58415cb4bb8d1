package io.barista.cli.process;

import java.util.List;

/** What a user can do now: the address and a request to paste. */
public final class ReadyMessage {

    private ReadyMessage() {}

    /** @param models at least one */
    public static String of(String url, List<String> models, boolean hasKey) {
        String authorization = hasKey ? " -H \"Authorization: Bearer $BARISTA_API_KEY\"" : "";
        return """
                Ready: %1$s serves %2$s. Try it:

                curl %1$s/v1/chat/completions -H 'Content-Type: application/json'%4$s \\
                  -d '{"model": "%3$s", "messages": [{"role": "user", "content": "What is 12 + 7?"}]}'
                """.formatted(url, String.join(", ", models), models.getFirst(), authorization);
    }
}

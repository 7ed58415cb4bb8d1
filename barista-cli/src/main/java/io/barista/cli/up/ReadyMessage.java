package io.barista.cli.up;

import io.barista.cli.up.SuiteState.ServiceState;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a user can do now: the address and a request to paste. */
final class ReadyMessage {

    private ReadyMessage() {}

    static String of(SuiteState suite, boolean hasKey) {
        String models = suite.services().stream().map(ServiceState::model).filter(Objects::nonNull).distinct()
                .collect(Collectors.joining(", "));
        String firstModel = models.split(", ", 2)[0];
        String authorization = hasKey ? " -H \"Authorization: Bearer $BARISTA_API_KEY\"" : "";
        return """
                Ready: %1$s serves %2$s. Try it:

                curl %1$s/v1/chat/completions -H 'Content-Type: application/json'%4$s \\
                  -d '{"model": "%3$s", "messages": [{"role": "user", "content": "What is 12 + 7?"}]}'
                """.formatted(suite.url(), models, firstModel, authorization);
    }
}

package io.barista.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ObituaryTest {

    @Test
    void quotesWhatAServiceSaysOfItself() {
        assertThat(Obituary.of(1, "12:00 INFO up\nmodel-service cannot start: x.yaml:3: no such key\n"))
                .isEqualTo("exit code 1: x.yaml:3: no such key");
    }

    @Test
    void quotesBootsDescriptionOfAKnownFailure() {
        String log = """
                12:00 INFO starting
                ***************************
                APPLICATION FAILED TO START
                ***************************

                Description:

                Web server failed to start. Port 8080 was already in use.

                Action:

                Identify and stop the process.
                """;

        assertThat(Obituary.reason(log)).isEqualTo("Web server failed to start. Port 8080 was already in use.");
    }

    @Test
    void quotesTheLastCauseOfAStackTrace() {
        String log = """
                12:00 ERROR 1 --- [main] o.s.boot.SpringApplication : Application run failed
                org.springframework.beans.factory.BeanCreationException: Error creating bean
                	at io.barista.Some.thing(Some.java:1)
                Caused by: java.lang.IllegalStateException: cannot load
                	... 20 more
                Caused by: io.barista.engine.EngineException: /models/x has no config.json
                	... 30 more
                """;

        assertThat(Obituary.reason(log)).isEqualTo("/models/x has no config.json");
    }

    @Test
    void quotesAnErrorLineWithoutAStackTrace() {
        assertThat(Obituary
                .reason("12:00 ERROR 1 --- [main] i.b.Main : x.yaml:3: max_model_len: expected a number\nbye\n"))
                .isEqualTo("x.yaml:3: max_model_len: expected a number");
    }

    @Test
    void quotesTheLastLineOfAProgramThatSaysNothingKnown() {
        assertThat(Obituary.reason("one\nError: Unable to access jarfile x.jar\n\n"))
                .isEqualTo("Error: Unable to access jarfile x.jar");
        assertThat(Obituary.reason("")).isEmpty();
    }
}

package io.barista.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EngineOptionsPageTest {

    private static final String HOW = "docs/reference/engine-options.md is stale; write it anew with "
            + "./mvnw -pl llm-config test -Dtest=EngineOptionsPageTest -Dsurefire.argLine=-Dbarista.docs.write=true";

    @Test
    void theReferencePageIsWhatTheTablesSay() throws IOException {
        Path page = Path.of(System.getProperty("barista.root")).resolve("docs/reference/engine-options.md");
        if (Boolean.getBoolean("barista.docs.write")) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, EngineOptionsPage.write());
        }
        assertThat(page).as(HOW).exists().content().as(HOW).isEqualTo(EngineOptionsPage.write());
    }
}

package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.barista.sources.SourceException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class UnansweredSourceTest {

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoAsksForAnUnknownAdapterIsAnsweredBeforeAListingThatDoesNotEnd() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Path config = Files.writeString(folder.resolve("models.yaml"), """
                    model_loading_config: {model_id: demo, model_source: %s}
                    lora_config: {dynamic_lora_loading_path: "hf://org/adapters", download_timeout_s: 0}
                    runtime_env: {env_vars: {HF_ENDPOINT: "http://127.0.0.1:%d"}}
                    """.formatted(folder, silent.getLocalPort()));
            Registry registry = AbstractRemoteAdaptersTest.open(config);

            SourceException late = catchThrowableOfType(SourceException.class,
                    () -> registry.require("demo", "pirate"));

            assertThat(late.kind()).isEqualTo(SourceException.Kind.UNREACHABLE);
            assertThat(late).hasMessageContaining("listing takes longer than 3 s");
            registry.close();
        }
    }
}

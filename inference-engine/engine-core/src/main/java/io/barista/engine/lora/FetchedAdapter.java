package io.barista.engine.lora;

import java.nio.file.Path;

/**
 * An adapter's files, which stay as they are until this is closed.
 *
 * @param version of these very files
 * @param folder  with adapter_config.json and adapter_model.safetensors
 * @param release gives the folder back
 */
public record FetchedAdapter(String version, Path folder, Runnable release) implements AutoCloseable {

    @Override
    public void close() {
        release.run();
    }
}

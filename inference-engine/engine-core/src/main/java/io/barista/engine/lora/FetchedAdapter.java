package io.barista.engine.lora;

import io.barista.engine.EngineException;
import io.barista.engine.model.AdapterFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * An adapter's files in memory, which stay as they are until this is closed.
 *
 * @param version of these very files
 * @param config  adapter_config.json
 * @param weights adapter_model.safetensors
 * @param release gives the memory back; called once
 */
public record FetchedAdapter(String version, MemorySegment config, MemorySegment weights, Runnable release)
        implements
            AutoCloseable {

    public static final String CONFIG = AdapterFiles.CONFIG;
    public static final String WEIGHTS = AdapterFiles.WEIGHTS;

    /**
     * The files of a folder, mapped; for one thread.
     *
     * @throws EngineException INVALID_ADAPTER when one is not there or cannot be read
     */
    public static FetchedAdapter map(String version, Path folder) {
        Arena arena = Arena.ofConfined();
        try {
            return new FetchedAdapter(version, map(folder.resolve(CONFIG), arena), map(folder.resolve(WEIGHTS), arena),
                    arena::close);
        } catch (NoSuchFileException e) {
            arena.close();
            String missing = String.valueOf(Path.of(e.getFile()).getFileName());
            throw invalid(folder, missing + (missing.equals(WEIGHTS)
                    ? " is missing (weights in other formats, such as adapter_model.bin, are not read)"
                    : " is missing"), e);
        } catch (IOException e) {
            arena.close();
            throw invalid(folder, e.toString(), e);
        }
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    private static EngineException invalid(Path folder, String reason, IOException cause) {
        return new EngineException(EngineException.Code.INVALID_ADAPTER,
                "adapter %s cannot be used: %s".formatted(folder.getFileName(), reason), "model", cause);
    }

    @Override
    public void close() {
        release.run();
    }
}

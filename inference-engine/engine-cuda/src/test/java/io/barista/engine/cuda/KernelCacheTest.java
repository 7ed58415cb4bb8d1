package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {

    @TempDir
    Path temporary;

    @Test
    void findsWhatItKept() {
        KernelCache cache = new KernelCache(temporary.resolve("deep").resolve("er"));
        assertThat(cache.find("abc")).isEmpty();

        cache.keep("abc", new byte[]{1, 2, 3});

        assertThat(cache.find("abc")).hasValueSatisfying(cubin -> assertThat(cubin).containsExactly(1, 2, 3));
        assertThat(cache.find("abd")).isEmpty();
    }

    @Test
    void goesOnWithoutAFolderItCanWrite() throws Exception {
        Path file = Files.createFile(temporary.resolve("file"));
        KernelCache cache = new KernelCache(file.resolve("kernels"));

        cache.keep("abc", new byte[]{1});

        assertThat(cache.find("abc")).isEmpty();
    }

    @Test
    void liesInTheUsersCacheFolder() {
        assertThat(KernelCache.folderOf(Map.of(), "/home/ada")).hasToString("/home/ada/.cache/barista/kernels");
        assertThat(KernelCache.folderOf(Map.of("XDG_CACHE_HOME", "/var/cache"), "/home/ada"))
                .hasToString("/var/cache/barista/kernels");
    }
}

package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class CudaProbeTest {

    @Test
    void aMachineWithoutAGpuIsRefusedInWordsAndNotByAnError() {
        CudaBackend backend = new CudaBackend();

        assertThatCode(backend::refusal).doesNotThrowAnyException();
        assertThat(backend.refusal()).as("asked again").isEqualTo(new CudaBackend().refusal());
    }

    @Test
    void namesTheLibraryOfTheRuntimeThatIsMissing() {
        String linker = "/root/.javacpp/libjnicublas.so: libcublasLt.so.13: cannot open shared object file";

        assertThat(CudaProbe.explain(linker)).contains("libcublasLt.so.13 is not found", "LD_LIBRARY_PATH");
    }

    @Test
    void showsWhatTheLinkerSaysOfAnythingElse() {
        assertThat(CudaProbe.explain("libjnicudart.so: wrong ELF class\nand more"))
                .isEqualTo("CUDA's libraries cannot be loaded: libjnicudart.so: wrong ELF class");
    }
}

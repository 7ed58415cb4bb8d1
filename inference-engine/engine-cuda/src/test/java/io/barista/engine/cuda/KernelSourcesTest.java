package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelSourcesTest {

    /** NVRTC gets headers by name and finds none by itself: the toolkit may be missing. */
    @ParameterizedTest
    @ValueSource(strings = {"embed", "rms_norm", "rope_and_cache", "gated_activation", "gather_rows", "gemv",
        "attention_plain", "attention_decode", "attention_prefill",
        "argmax", "sample_rows", "adjust_logits", "row_logprobs", "fill_random"})
    void everyHeaderOfAKernelIsPackedWithIt(String kernel) {
        String source = KernelSources.read(kernel + ".cu");

        assertThat(source).contains("extern \"C\" __global__").doesNotContain("#include <");
        assertThat(KernelSources.headersOf(source).values()).isNotEmpty()
                .allSatisfy(header -> assertThat(header).doesNotContain("#include <"));
    }

    @Test
    void headersOfHeadersBelongToASource() {
        List<String> headers = List.copyOf(KernelSources.headersOf(KernelSources.read("rms_norm.cu")).keySet());

        assertThat(headers).contains("device.cuh", "element.cuh");
    }
}

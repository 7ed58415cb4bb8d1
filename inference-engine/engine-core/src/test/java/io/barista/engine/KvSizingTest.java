package io.barista.engine;

import static io.barista.config.EngineOptions.KV_CACHE_MEMORY_BYTES;
import static io.barista.config.EngineOptions.NUM_GPU_BLOCKS_OVERRIDE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.EngineConfig;
import org.junit.jupiter.api.Test;

class KvSizingTest {

    private static final long MIB = 1L << 20;

    @Test
    void takesWhatWasAskedFor() {
        assertThat(host(EngineConfig.empty().with(NUM_GPU_BLOCKS_OVERRIDE, 77), 1_000 * MIB).blocks(1_024, 8))
                .isEqualTo(77);
        assertThat(host(EngineConfig.empty().with(KV_CACHE_MEMORY_BYTES, 80 * MIB), 1_000 * MIB).blocks(1_024, 8))
                .isEqualTo(80);
    }

    @Test
    void leavesMostOfAHostsMemoryAlone() {
        // One block a MiB, 64 for a sequence: enough for 8 sequences, but not more than a quarter.
        assertThat(host(EngineConfig.empty(), 100_000 * MIB).blocks(1_024, 8)).isEqualTo(8 * 64);
        assertThat(host(EngineConfig.empty(), 1_000 * MIB).blocks(1_024, 8)).isEqualTo(250);
        assertThat(host(EngineConfig.empty(), 100 * MIB).blocks(1_024, 8)).isEqualTo(64);
        assertThat(host(EngineConfig.empty(), 100_000 * MIB).blocks(16_384, 100)).isEqualTo(2_048);
    }

    @Test
    void takesAllOfADevicesMemory() {
        assertThat(new KvSizing(EngineConfig.empty(), MIB, 16, 5_000 * MIB, true).blocks(1_024, 8)).isEqualTo(5_000);
    }

    @Test
    void saysHowMuchASequenceOfFullLengthNeeds() {
        assertThatThrownBy(() -> host(EngineConfig.empty(), 10 * MIB).blocks(1_024, 8))
                .isInstanceOf(EngineException.class).hasMessageContaining("max_model_len")
                .hasMessageContaining("needs 64 MiB").hasMessageContaining("10 MiB (160 tokens)");
    }

    @Test
    void saysHowMuchIsMissingAndWhatHelps() {
        EngineConfig asked = EngineConfig.empty();
        assertThatThrownBy(() -> new KvSizing(asked, MIB, 16, -100 * MIB, true).blocks(1_024, 8))
                .hasMessageContaining("room for 0 MiB (0 tokens): 164 MiB are missing")
                .hasMessageContaining("raise gpu_memory_utilization (now 0.92)");
        assertThatThrownBy(() -> host(asked.with(NUM_GPU_BLOCKS_OVERRIDE, 60), 0).blocks(1_024, 8))
                .hasMessageContaining("4 MiB are missing; raise num_gpu_blocks_override or lower max_model_len");
        assertThatThrownBy(() -> host(asked.with(KV_CACHE_MEMORY_BYTES, 60 * MIB), 0).blocks(1_024, 8))
                .hasMessageContaining("4 MiB are missing; raise kv_cache_memory_bytes or lower max_model_len");
    }

    @Test
    void findsTheLongestContextThatFits() {
        assertThat(host(EngineConfig.empty(), 40 * MIB).longestContext(1_024)).isEqualTo(160);
        assertThat(host(EngineConfig.empty().with(KV_CACHE_MEMORY_BYTES, 10 * MIB), 0).longestContext(1_024))
                .isEqualTo(160);
        assertThat(host(EngineConfig.empty(), 1_000 * MIB).longestContext(1_024)).isEqualTo(1_024);
    }

    private static KvSizing host(EngineConfig asked, long freeBytes) {
        return new KvSizing(asked, MIB, 16, freeBytes, false);
    }
}

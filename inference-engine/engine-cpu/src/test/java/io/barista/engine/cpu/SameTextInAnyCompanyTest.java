package io.barista.engine.cpu;

import static io.barista.config.EngineOptions.BLOCK_SIZE;
import static io.barista.config.EngineOptions.ENABLE_CHUNKED_PREFILL;
import static io.barista.config.EngineOptions.ENABLE_PREFIX_CACHING;
import static io.barista.config.EngineOptions.MAX_MODEL_LEN;
import static io.barista.config.EngineOptions.MAX_NUM_BATCHED_TOKENS;
import static io.barista.config.EngineOptions.NUM_GPU_BLOCKS_OVERRIDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.barista.config.EngineConfig;
import io.barista.engine.EngineObserver;
import io.barista.engine.EngineStats;
import io.barista.engine.LlmEngine;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.DemoGolden;
import io.barista.engine.testkit.Generation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo model answers as in its golden however the scheduler cuts, shares, takes away and computes again. */
class SameTextInAnyCompanyTest {

    /** Room for one sequence of full length and a little more. */
    private static final EngineConfig SHORT_OF_BLOCKS = EngineConfig.empty().with(MAX_MODEL_LEN, 600)
            .with(NUM_GPU_BLOCKS_OVERRIDE, 48);

    private final DemoGolden golden = DemoGolden.load();

    @Test
    void whenSequencesArePreempted() {
        assertThat(answerEverythingTwice(SHORT_OF_BLOCKS).preemptions()).isPositive();
    }

    @Test
    void whenSequencesArePreemptedAndNothingIsCached() {
        EngineStats stats = answerEverythingTwice(SHORT_OF_BLOCKS.with(ENABLE_PREFIX_CACHING, false));

        assertThat(stats.preemptions()).isPositive();
        assertThat(stats.prefixCacheHits()).isZero();
    }

    @Test
    void whenPromptsAreCutIntoSmallChunksAndFoundInTheCache() {
        EngineStats stats = answerEverythingTwice(EngineConfig.empty().with(MAX_NUM_BATCHED_TOKENS, 17));

        assertThat(stats.prefixCacheHits()).isPositive();
    }

    @Test
    void whenPromptsAreComputedWhole() {
        answerEverythingTwice(EngineConfig.empty().with(ENABLE_CHUNKED_PREFILL, false));
    }

    @Test
    void withTheSmallestAndLargerBlocks() {
        answerEverythingTwice(EngineConfig.empty().with(BLOCK_SIZE, 1));
        answerEverythingTwice(EngineConfig.empty().with(BLOCK_SIZE, 128));
    }

    private EngineStats answerEverythingTwice(EngineConfig config) {
        try (LlmEngine engine = LlmEngine.start(ModelFolder.open(golden.folder()), config, List.of(new CpuBackend()),
                EngineObserver.NONE)) {
            List<Generation> generations = new ArrayList<>();
            for (int round = 0; round < 2; round++) {
                for (DemoGolden.Case asked : golden.cases()) {
                    generations.add(Generation.greedy(engine, asked.name() + round, asked.promptIds(), asked.limit(),
                            false));
                }
            }
            int count = golden.cases().size();
            for (int i = 0; i < generations.size(); i++) {
                DemoGolden.Case asked = golden.cases().get(i % count);
                assertThat(generations.get(i).await().tokens()).as(asked.name()).isEqualTo(asked.outputIds());
            }
            assertThat(engine.stats().kvBlocksUsed()).isZero();
            return engine.stats();
        }
    }
}

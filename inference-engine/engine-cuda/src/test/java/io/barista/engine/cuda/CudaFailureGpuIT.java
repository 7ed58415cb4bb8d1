package io.barista.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.barista.config.EngineConfig;
import io.barista.config.EngineOptions;
import io.barista.engine.EngineException;
import io.barista.engine.EngineObserver;
import io.barista.engine.LlmEngine;
import io.barista.engine.backend.Backend;
import io.barista.engine.backend.TensorOps;
import io.barista.engine.model.ModelFolder;
import io.barista.engine.testkit.Generation;
import io.barista.engine.testkit.TinyModel;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A launch that writes where it must not. It spoils the process's context, so this class has a process of its own. */
@Tag("gpu")
class CudaFailureGpuIT {

    private static final int STEPS_BEFORE = 20;

    @TempDir
    Path temporary;

    @Test
    void endsTheEngineAndEveryRequestWithWords() {
        EngineConfig config = EngineConfig.empty().with(EngineOptions.NUM_GPU_BLOCKS_OVERRIDE, 2_048);
        ModelFolder folder = ModelFolder.open(TinyModel.LLAMA_GQA_LLAMA3ROPE.unpackInto(temporary));
        LlmEngine engine = LlmEngine.start(folder, config, List.of(new FailingBackend()), EngineObserver.NONE);
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            generations.add(Generation.greedy(engine, "request-" + i, new int[]{5, 6, 7 + i}, 200, true));
        }

        for (Generation generation : generations) {
            assertThatThrownBy(generation::await).hasRootCauseInstanceOf(DeviceFailure.class)
                    .cause().isInstanceOfSatisfying(EngineException.class, error -> {
                        assertThat(error.code()).isEqualTo(EngineException.Code.INTERNAL);
                        assertThat(error).hasMessage("the engine failed; try another replica");
                    });
        }
        engine.awaitEnd();
        assertThat(engine.isAlive()).isFalse();
        assertThatThrownBy(() -> Generation.greedy(engine, "late", new int[]{5}, 1, true))
                .isInstanceOfSatisfying(EngineException.class,
                        error -> assertThat(error.code()).isEqualTo(EngineException.Code.UNAVAILABLE));
        engine.close();
    }

    /** Writes to an address that nobody owns, some steps after the start. */
    private static final class FailingBackend implements Backend {

        private final AtomicInteger steps = new AtomicInteger();

        @Override
        public String name() {
            return "cuda";
        }

        @Override
        public Optional<String> refusal() {
            return Optional.empty();
        }

        @Override
        public TensorOps open(Options options) {
            TensorOps ops = new CudaBackend().open(options);
            Stream other = new Stream();
            KernelCompiler compiler = new KernelCompiler(Device.Properties.of(Driver.device(0)).target(),
                    KernelCache.ofUser());
            KernelLoader loader = new KernelLoader(compiler, Element.FLOAT32, Device.Properties.of(Driver.device(0)),
                    other);
            RandomFill fill = new RandomFill(loader);
            return (TensorOps) Proxy.newProxyInstance(TensorOps.class.getClassLoader(), new Class<?>[]{TensorOps.class},
                    (_, method, arguments) -> {
                        if (method.getName().equals("step") && steps.incrementAndGet() == STEPS_BEFORE) {
                            fill.fill(4_096, 1 << 20);
                        }
                        try {
                            return method.invoke(ops, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}

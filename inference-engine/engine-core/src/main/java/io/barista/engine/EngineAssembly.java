package io.barista.engine;

import io.barista.engine.model.AdapterTargets;
import io.barista.engine.runner.ModelRunner;
import org.jspecify.annotations.Nullable;

/** Builds what the engine loop runs. Called once, on the loop's own thread, since a device belongs to the thread that opens it. */
@FunctionalInterface
interface EngineAssembly {

    /** @throws EngineException INVALID_MODEL or INVALID_CONFIG, with nothing left open */
    Parts assemble();

    /**
     * @param runner  closed by the loop
     * @param targets what adapters may add to; null when adapters are off
     */
    record Parts(ResolvedEngineConfig config, ModelRunner runner, @Nullable AdapterTargets targets) {

        /** Without adapters. */
        Parts(ResolvedEngineConfig config, ModelRunner runner) {
            this(config, runner, null);
        }
    }
}

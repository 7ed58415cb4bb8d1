package io.barista.engine;

import io.barista.engine.runner.ModelRunner;

/** Builds what the engine loop runs. Called once, on the loop's own thread, since a device belongs to the thread that opens it. */
@FunctionalInterface
interface EngineAssembly {

    /** @throws EngineException INVALID_MODEL or INVALID_CONFIG, with nothing left open */
    Parts assemble();

    /** @param runner closed by the loop */
    record Parts(ResolvedEngineConfig config, ModelRunner runner) {}
}

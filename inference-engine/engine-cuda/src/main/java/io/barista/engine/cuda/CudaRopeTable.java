package io.barista.engine.cuda;

import io.barista.engine.backend.RopeTable;

/** @param address float32 [positions][rotaryDim] */
record CudaRopeTable(int positions, int rotaryDim, long address) implements RopeTable {}

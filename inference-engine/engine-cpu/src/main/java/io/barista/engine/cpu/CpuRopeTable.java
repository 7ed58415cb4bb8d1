package io.barista.engine.cpu;

import io.barista.engine.backend.RopeTable;

/** @param cosSin [positions][rotaryDim]: rotaryDim/2 cosines, then as many sines */
record CpuRopeTable(float[] cosSin, int positions, int rotaryDim) implements RopeTable {}

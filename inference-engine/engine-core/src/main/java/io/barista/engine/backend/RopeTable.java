package io.barista.engine.backend;

/** Cosines and sines of rotary embedding per position and frequency, uploaded once per model. */
public interface RopeTable {

    /** Rows; a position may have several, one for each set of frequencies. */
    int positions();

    /** How many leading dimensions of a head are rotated; pairs are (i, i + rotaryDim / 2). */
    int rotaryDim();
}

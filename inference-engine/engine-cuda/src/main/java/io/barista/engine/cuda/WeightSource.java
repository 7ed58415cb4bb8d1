package io.barista.engine.cuda;

/** Where weights come from. */
enum WeightSource {

    /** The model's files. */
    FILES,

    /** Random numbers drawn on the device, of the files' sizes: to measure speed without a model's gigabytes. */
    RANDOM
}

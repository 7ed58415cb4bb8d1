package io.barista.engine.cuda;

import io.barista.engine.backend.DType;
import io.barista.engine.backend.HostTensor;
import io.barista.engine.backend.Weight;

/** Memory that weights are laid out in. */
interface WeightTarget {

    /** Returns an address. */
    long allocate(String what, long bytes);

    /** Writes a whole tensor as elements of that type; its own memory must stay as it is until all is on the device. */
    void write(HostTensor tensor, DType as, long address);

    /** Writes a whole matrix in the activations' type. */
    void writeElements(HostTensor tensor, long address);

    /** Writes the codes of a whole matrix, and its scales as float32. */
    void writeCodes(Weight.Quantized matrix, long codes, long scales);
}

package io.barista.engine.cuda;

import io.barista.engine.backend.Matrix;

/** A weight matrix on the device, of any kind. */
sealed interface CudaWeights extends Matrix permits CudaMatrix, QuantizedMatrix {}

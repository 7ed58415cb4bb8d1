package io.barista.engine.backend;

/** The paged keys and values of all layers; layout is the backend's own. */
public interface KvCache {

    Shape shape();

    /**
     * @param blocks      blocks of each layer
     * @param blockTokens tokens a block holds
     */
    record Shape(int layers, int blocks, int blockTokens, int kvHeads, int headDim) {

        /** Bytes of one block over all layers, keys and values together. */
        public static long blockBytes(int layers, int blockTokens, int kvHeads, int headDim, DType dtype) {
            return Math.multiplyExact(2L * layers * blockTokens * dtype.bytes(), (long) kvHeads * headDim);
        }
    }
}

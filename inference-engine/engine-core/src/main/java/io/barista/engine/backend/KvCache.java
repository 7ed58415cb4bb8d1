package io.barista.engine.backend;

/** The paged keys and values of all layers; layout is the backend's own. */
public interface KvCache {

    Shape shape();

    /**
     * @param blocks      blocks of each layer
     * @param blockTokens tokens a block holds
     * @param latent      whether a token leaves one row, of which keys and values are projections, instead of keys and values:
     *                    {@code kvHeads} is 1 and {@code headDim} the width of that row ({@link LatentAttentionSpec#rowWidth})
     */
    record Shape(int layers, int blocks, int blockTokens, int kvHeads, int headDim, boolean latent) {

        /** Of keys and values. */
        public Shape(int layers, int blocks, int blockTokens, int kvHeads, int headDim) {
            this(layers, blocks, blockTokens, kvHeads, headDim, false);
        }

        public Shape withBlocks(int count) {
            return new Shape(layers, count, blockTokens, kvHeads, headDim, latent);
        }

        /** Elements of one block over all layers. */
        public long blockElements() {
            long perToken = Math.multiplyExact((latent ? 1L : 2L) * layers, (long) kvHeads * headDim);
            return Math.multiplyExact(perToken, (long) blockTokens);
        }
    }
}

package io.barista.engine.cuda;

import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.global.cublas;

/** How cuBLASLt multiplies matrices of certain sizes: found once, used for every such product. */
record MatmulPlan(cublasLtMatmulDescOpaque_t operation, cublasLtMatrixLayoutOpaque_t weights,
        cublasLtMatrixLayoutOpaque_t x, cublasLtMatrixLayoutOpaque_t out, cublasLtMatmulAlgo_t algorithm)
        implements
            AutoCloseable {

    /** The same product computed in another way. Shares everything else, so only one of the two is closed. */
    MatmulPlan by(cublasLtMatmulAlgo_t other) {
        return new MatmulPlan(operation, weights, x, out, other);
    }

    @Override
    public void close() {
        cublas.cublasLtMatmulDescDestroy(operation);
        cublas.cublasLtMatrixLayoutDestroy(weights);
        cublas.cublasLtMatrixLayoutDestroy(x);
        cublas.cublasLtMatrixLayoutDestroy(out);
        algorithm.close();
    }
}

package io.barista.engine.cuda;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** What cuBLASLt suggests for a product, and what there is to know of it. */
final class BlasAlgorithms {

    private final cublasLtContext handle;
    private final long workspaceBytes;

    BlasAlgorithms(cublasLtContext handle, long workspaceBytes) {
        this.handle = handle;
        this.workspaceBytes = workspaceBytes;
    }

    /** At most so many, what the library thinks the fastest first; at least one. */
    List<cublasLtMatmulAlgo_t> suggested(cublasLtMatmulDescOpaque_t operation, cublasLtMatrixLayoutOpaque_t weights,
            cublasLtMatrixLayoutOpaque_t x, cublasLtMatrixLayoutOpaque_t out, int most) {
        try (PointerPointer<Pointer> cell = new PointerPointer<>(1);
                LongPointer bytes = new LongPointer(1).put(workspaceBytes);
                cublasLtMatmulHeuristicResult_t results = new cublasLtMatmulHeuristicResult_t(most)) {
            BlasLibrary.check("cublasLtMatmulPreferenceCreate", cublas.cublasLtMatmulPreferenceCreate(cell));
            cublasLtMatmulPreferenceOpaque_t preference = new cublasLtMatmulPreferenceOpaque_t(
                    cell.get(Pointer.class, 0));
            BlasLibrary.check("cublasLtMatmulPreferenceSetAttribute",
                    cublas.cublasLtMatmulPreferenceSetAttribute(preference,
                            cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, bytes, Long.BYTES));
            int[] found = new int[1];
            BlasLibrary.check("cublasLtMatmulAlgoGetHeuristic", cublas.cublasLtMatmulAlgoGetHeuristic(handle, operation,
                    weights, x, out, out, preference, most, results, found));
            BlasLibrary.check("cublasLtMatmulPreferenceDestroy",
                    cublas.cublasLtMatmulPreferenceDestroy(preference));
            List<cublasLtMatmulAlgo_t> algorithms = new ArrayList<>();
            for (int i = 0; i < found[0]; i++) {
                if (results.getPointer(i).state() != cublas.CUBLAS_STATUS_SUCCESS) {
                    continue;
                }
                cublasLtMatmulAlgo_t algorithm = new cublasLtMatmulAlgo_t();
                algorithm.put(results.getPointer(i).algo());
                algorithms.add(algorithm);
            }
            if (algorithms.isEmpty()) {
                throw new IllegalStateException("cuBLASLt suggests nothing for a product");
            }
            return algorithms;
        }
    }

    /** Whether the algorithm can compute another product of the same types, which has other sizes. */
    boolean suits(cublasLtMatmulAlgo_t algorithm, MatmulPlan product) {
        try (cublasLtMatmulHeuristicResult_t result = new cublasLtMatmulHeuristicResult_t()) {
            int code = cublas.cublasLtMatmulAlgoCheck(handle, product.operation(), product.weights(), product.x(),
                    product.out(), product.out(), algorithm, result);
            return code == cublas.CUBLAS_STATUS_SUCCESS && result.workspaceSize() <= workspaceBytes;
        }
    }

    /** Whether sums are made of parts, each over some of the inputs, which rounds differently. */
    static boolean splitsInputs(cublasLtMatmulAlgo_t algorithm) {
        try (IntPointer splits = new IntPointer(1); SizeTPointer written = new SizeTPointer(1)) {
            BlasLibrary.check("cublasLtMatmulAlgoConfigGetAttribute", cublas.cublasLtMatmulAlgoConfigGetAttribute(
                    algorithm, cublas.CUBLASLT_ALGO_CONFIG_SPLITK_NUM, splits, Integer.BYTES, written));
            return splits.get() > 1;
        }
    }
}

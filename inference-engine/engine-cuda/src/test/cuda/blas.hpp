// cuBLASLt as the engine uses it, found when it is needed: the other checks need no library.
#pragma once
#include "speeds.hpp"

#include <dlfcn.h>

class Blas {
public:
    Blas() : library(dlopen("libcublasLt.so.13", RTLD_NOW)), workspace(WORKSPACE) {
        if (!library) {
            fprintf(stderr, "%s; is it on LD_LIBRARY_PATH?\n", dlerror());
            exit(2);
        }
        call("cublasLtCreate", &handle);
    }

    /** How x [rows, inputs] is multiplied by W [outputs, inputs], as the library thinks fastest. */
    struct Plan {
        void *operation, *w, *x, *y;
        uint64_t algorithm[8];
    };

    Plan plan(int outputs, int inputs, int rows) {
        const int float32 = 0, sumsInFloat32 = 68, transposeA = 3, mostWorkspace = 1, transposed = 1;
        Plan p;
        call("cublasLtMatmulDescCreate", &p.operation, sumsInFloat32, float32);
        call("cublasLtMatmulDescSetAttribute", p.operation, transposeA, (const void*) &transposed, sizeof transposed);
        layout(&p.w, inputs, outputs), layout(&p.x, inputs, rows), layout(&p.y, outputs, rows);
        void* preference;
        call("cublasLtMatmulPreferenceCreate", &preference);
        call("cublasLtMatmulPreferenceSetAttribute", preference, mostWorkspace, (const void*) &WORKSPACE, sizeof WORKSPACE);
        struct {
            uint64_t algorithm[8];
            size_t workspace;
            int state;
            float waves;
            int reserved[4];
        } suggested;
        int found = 0;
        call("cublasLtMatmulAlgoGetHeuristic", handle, p.operation, p.w, p.x, p.y, p.y, preference, 1, (void*) &suggested, &found);
        memcpy(p.algorithm, suggested.algorithm, sizeof p.algorithm);
        return p;
    }

    void multiply(const Plan& p, const void* w, const void* x, void* y, bool add) {
        float one = 1, zero = 0;
        call("cublasLtMatmul", handle, p.operation, (const void*) &one, w, p.w, x, p.x, (const void*) (add ? &one : &zero), (const void*) y, p.y, y, p.y,
             (const void*) p.algorithm, workspace.address, (size_t) WORKSPACE, stream);
    }

private:
    void layout(void** out, int rows, int columns) {
        const int bfloat16 = 14;
        call("cublasLtMatrixLayoutCreate", out, bfloat16, (uint64_t) rows, (uint64_t) columns, (int64_t) rows);
    }

    template <class... A>
    void call(const char* name, A... arguments) {
        auto function = (int (*)(A...)) dlsym(library, name);
        int status = function ? function(arguments...) : -1;
        if (status != 0) {
            fprintf(stderr, "%s: %d\n", name, status);
            exit(2);
        }
    }

    static constexpr size_t WORKSPACE = 64 << 20;
    void* library;
    void* handle = nullptr;
    Buffer workspace;
};

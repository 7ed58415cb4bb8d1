// A matrix product of decode_step.cu, with the norm in front of it and the sum, gate or logits behind it.
#pragma once
#include "decode_weights.cuh"
#include "mma.cuh"

#define BATCH (ROWS == 1 ? 4 : 8) // loads of activations that a lane has under way

/** Waits for a source and puts the inputs that this warp multiplies where it will look for them, normalised where that is asked for. */
__device__ __forceinline__ void stage(const Operation& op, unsigned tag) {
    constexpr int UNITS = BATCH / ROWS, NEXT = WARPS * UNIT; // units of one batch, four inputs a lane
    const Step& step = theStep();
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, begin = warp * UNIT + lane * 4;
    int inputs = op.inputs, stride = strideOf(inputs), end = stride - 32, rows = step.rows;
    element* staged = stagedAt(step.staged);
    const word* source = step.words + op.source;
    const float* norm = op.norm;
    float4 factors[UNITS]; // before the wait
    if (norm) {
#pragma unroll
        for (int u = 0; u < UNITS; u++) {
            int input = begin + u * NEXT;
            factors[u] = input < inputs ? __ldg((const float4*) (norm + input)) : make_float4(0, 0, 0, 0);
        }
    }
    float squares[ROWS] = {};
#pragma unroll 1
    for (int first = begin; first < end; first += UNITS * NEXT) {
        uint4 v[BATCH];
        for (int polls = 0;; polls++) {
            bool all = true;
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                int row = j % ROWS, input = first + j / ROWS * NEXT;
                v[j] = make_uint4(0, tag, 0, tag);
                if (input < inputs && row < rows) {
                    v[j] = loadWords(source + (row * inputs + input) / 2);
                }
            }
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                all = all && carry(v[j], tag);
            }
            if (all) {
                break;
            }
            if (polls > MOST_POLLS) {
                __trap();
            }
        }
#pragma unroll
        for (int j = 0; j < BATCH; j++) {
            int row = j % ROWS, input = first + j / ROWS * NEXT;
            if (input < end) {
                *(uint2*) (staged + row * stride + input) = make_uint2(v[j].x, v[j].z);
                float2 a = unpack2(v[j].x), b = unpack2(v[j].z);
                squares[row] += a.x * a.x + a.y * a.y + b.x * b.x + b.y * b.y;
            }
        }
    }
    if (norm) {
#pragma unroll
        for (int row = 0; row < ROWS; row++) {
            squares[row] = warpSum(squares[row]);
            if (lane == 0) {
                layout().squares[row][warp] = squares[row];
            }
        }
        __syncthreads();
#pragma unroll
        for (int row = 0; row < ROWS; row++) {
            const float4 low = *(const float4*) &layout().squares[row][0], high = *(const float4*) &layout().squares[row][4];
            squares[row] = rsqrtf(((low.x + low.y) + (low.z + low.w) + (high.x + high.y) + (high.z + high.w)) / inputs + step.eps);
        }
#pragma unroll 1
        for (int first = begin; first < inputs; first += UNITS * NEXT) {
#pragma unroll
            for (int u = 0; u < UNITS; u++) {
                int input = first + u * NEXT;
                if (input < inputs) {
                    float4 weight = first == begin ? factors[u] : __ldg((const float4*) (norm + input));
#pragma unroll
                    for (int row = 0; row < ROWS; row++) {
                        uint2* at = (uint2*) (staged + row * stride + input);
                        float2 a = unpack2(at->x), b = unpack2(at->y);
                        float factor = squares[row];
                        *at = make_uint2(pack2(a.x * (factor * weight.x), a.y * (factor * weight.y)),
                                         pack2(b.x * (factor * weight.z), b.y * (factor * weight.w)));
                    }
                }
            }
        }
    }
    __syncwarp();
}

/** A product of this block's tiles, and what comes behind it. {@code parity} says whose turn it is of the two sets of partial sums. */
__device__ __forceinline__ void multiply(const Operation& op, int index, unsigned base, Weights& weights, int& parity) {
    const Step& step = theStep();
    int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP, group = lane / 4, quad = lane % 4;
    int tile = firstTile(op), tiles = op.tiles;
    if (tile >= tiles) {
        return;
    }
    int inputs = op.inputs, width = op.width, rows = step.rows, kind = op.kind;
    unsigned tag = base + index;
    // The two outputs that this thread adds up at the end of a group of tiles.
    int pairsLog = op.tileWidth == TILE ? 3 : 2, pair = threadIdx.x & ((1 << pairsLog) - 1), row = (threadIdx.x >> pairsLog) % ROWS,
        held = (threadIdx.x >> pairsLog) / ROWS;
    bool upper = op.upper < op.outputs, isRow = group < rows, staged = false;
    // Inputs of this lane's column; of a column that is no row, always the same zeros.
    int x = isRow ? step.staged + (group * strideOf(inputs) + warp * UNIT + quad * 8) * 2 : (int) ((char*) layout().zeros - (char*) shared) + quad * 16;
    int xStep = isRow ? WARPS * UNIT * 2 : 0, units = (inputs - warp * UNIT + WARPS * UNIT - 1) / (WARPS * UNIT);
#pragma unroll 1
    while (tile < tiles) {
        // Their bias and addend are asked for before anything is waited for.
        int output = (tile + held * (int) gridDim.x) * op.tileWidth + 2 * pair;
        bool mine = held < HELD && output < width && row < rows;
        float2 bias = make_float2(0.f, 0.f), upBias = bias;
        uint2 addend;
        word* target = step.words + op.target + (row * width + output) / 2;
        if (mine) {
            if (op.bias) {
                bias = make_float2(__ldg(op.bias + output), output + 1 < width ? __ldg(op.bias + output + 1) : 0.f);
                if (kind == GATED) {
                    upBias = make_float2(__ldg(op.bias + op.upper + output), __ldg(op.bias + op.upper + output + 1));
                }
            }
            if (kind == ADD) {
                addend = loadWord(target);
            }
        }
        if (!staged) {
            stage(op, tag - 1);
            staged = true;
        }
        float* partials = &layout().partials[parity][0][0][0][0];
        float* partial = partials + warp * ROWS * PARTIAL + group;
#pragma unroll 1
        for (int h = 0; h < HELD && tile < tiles; h++, tile += gridDim.x) {
            float sums[4][4] = {}; // products that do not wait for one another
            int from = x;
#pragma unroll 1
            for (int unit = 0; unit < units; unit++) {
                waitForCopies<STAGES - 2>();
                const uint4* slot = (const uint4*) ((const char*) shared + weights.slot);
                const uint4* inputsAt = (const uint4*) ((const char*) shared + from);
                uint4 low[4], high[4], in[4];
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    low[i] = slot[i * WARP];
                    in[i] = inputsAt[i * 4];
                }
                if (upper) {
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        high[i] = slot[(4 + i) * WARP];
                    }
                } else {
#pragma unroll
                    for (int i = 0; i < 4; i++) {
                        high[i] = make_uint4(0, 0, 0, 0);
                    }
                }
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    multiplyAdd(sums[i], low[i].x, high[i].x, low[i].y, high[i].y, in[i].x, in[i].y);
                }
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    multiplyAdd(sums[i], low[i].z, high[i].z, low[i].w, high[i].w, in[i].z, in[i].w);
                }
                from += xStep;
                weights.advance();
            }
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int of = quad * 2 + i % 2;
                if (of < ROWS) {
                    partial[of * PARTIAL + i / 2 * 8] = (sums[0][i] + sums[1][i]) + (sums[2][i] + sums[3][i]);
                }
            }
            partial += WARPS * ROWS * PARTIAL;
        }
        __syncthreads();
        if (mine) {
            auto total = [&](int at, float2 sum) {
                const float* from = partials + (held * WARPS * ROWS + row) * PARTIAL + at;
#pragma unroll
                for (int w = 0; w < WARPS; w++) {
                    float2 part = *(const float2*) (from + w * ROWS * PARTIAL);
                    sum.x += part.x, sum.y += part.y;
                }
                return sum;
            };
            float2 sum = total(2 * pair, bias);
            if (kind == GATED) {
                float2 up = total(2 * pair + 8, upBias);
                storeWord(target, pack2(activate(rounded(sum.x), op.detail) * rounded(up.x), activate(rounded(sum.y), op.detail) * rounded(up.y)), tag);
            } else if (kind == LOGITS) {
                float* to = step.logits + (size_t) row * width + output;
                to[0] = sum.x;
                if (output + 1 < width) {
                    to[1] = sum.y;
                }
            } else {
                if (kind == ADD) {
                    float2 before = unpack2(await(addend, target, base + op.addend));
                    sum.x += before.x, sum.y += before.y;
                }
                storeWord(target, pack2(sum.x, sum.y), tag);
            }
        }
        parity ^= 1;
    }
}

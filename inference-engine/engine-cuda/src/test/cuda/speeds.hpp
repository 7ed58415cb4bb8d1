// Random data on the device, and the time of what is launched as a graph.
#pragma once
#include "device.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>

inline int multiprocessors;
inline cudaStream_t stream;

inline Buffer filled(size_t elements, float scale, Type type = BFLOAT16) {
    Buffer buffer(elements * 2);
    static unsigned seed = 1;
    Kernel fill("fill_random", macros(type), "fill_random");
    long long count = (long long) elements;
    Arguments a;
    a.p(buffer).l(count).i((int) seed++).f(scale);
    fill.launch(4096, 256, 0, a);
    REQUIRE(cudaDeviceSynchronize());
    return buffer;
}

inline Buffer ones(size_t count) { return Buffer(Floats(count, 1.f), FLOAT32); }

/** Median microseconds of a graph of what {@code record} launches. */
inline double microseconds(const std::function<void()>& record, int replays = 15) {
    cudaGraph_t graph;
    cudaGraphExec_t executable;
    REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    record();
    REQUIRE(cudaStreamEndCapture(stream, &graph));
    REQUIRE(cudaGraphInstantiate(&executable, graph, 0));
    cudaEvent_t start, end;
    REQUIRE(cudaEventCreate(&start));
    REQUIRE(cudaEventCreate(&end));
    std::vector<float> times;
    for (int i = 0; i < replays + 3; i++) {
        REQUIRE(cudaEventRecord(start, stream));
        REQUIRE(cudaGraphLaunch(executable, stream));
        REQUIRE(cudaEventRecord(end, stream));
        REQUIRE(cudaEventSynchronize(end));
        float milliseconds;
        REQUIRE(cudaEventElapsedTime(&milliseconds, start, end));
        if (i >= 3) {
            times.push_back(milliseconds * 1000);
        }
    }
    REQUIRE(cudaGraphExecDestroy(executable));
    REQUIRE(cudaGraphDestroy(graph));
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/** Kernels of mixtures and latent attention. */
void speedOfFamilies();

/** What adapters add to prompts. */
void speedOfAdaptersInPrompts();

/** Products of quantised weights. */
void speedOfCodes();

/** Decode steps as the engine queues them, with and without adapters. */
void speedOfAdapters();

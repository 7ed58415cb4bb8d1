// A paged cache of keys and values, and what is written to it.
#pragma once
#include "checks.hpp"

/** A step over a paged cache, with its oracle. */
struct Step {
    Ints queryStarts, contexts, blockTables, positions, slots;
    int maxBlocks = 0, tokens = 0, sequences = 0, blocks = 0;

    /** @param queries and contexts of each sequence; blocks are handed out in a shuffled order */
    Step(const std::vector<std::pair<int, int>>& shape) {
        sequences = (int) shape.size();
        for (auto [queries, context] : shape) {
            maxBlocks = std::max(maxBlocks, divideUp(context, 16));
            blocks += divideUp(context, 16);
        }
        blocks += 3;
        Ints shuffled(blocks);
        for (int i = 0; i < blocks; i++) {
            shuffled[i] = i;
        }
        std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(7));
        blockTables.assign((size_t) sequences * maxBlocks, 0);
        int next = 0;
        for (int s = 0; s < sequences; s++) {
            auto [queries, context] = shape[s];
            queryStarts.push_back(tokens);
            contexts.push_back(context);
            for (int b = 0; b < divideUp(context, 16); b++) {
                blockTables[(size_t) s * maxBlocks + b] = shuffled[next++];
            }
            for (int position = context - queries; position < context; position++) {
                positions.push_back(position);
                slots.push_back(blockTables[(size_t) s * maxBlocks + position / 16] * 16 + position % 16);
            }
            tokens += queries;
        }
        queryStarts.push_back(tokens);
    }
};

struct Heads {
    int heads, kvHeads, headDim;
    int width() const { return (heads + 2 * kvHeads) * headDim; }
};

inline size_t cacheIndex(int slot, int isValue, int kvHead, int d, const Heads& h) {
    return (((size_t) (2 * (slot / 16) + isValue) * h.kvHeads + kvHead) * 16 + slot % 16) * h.headDim + d;
}

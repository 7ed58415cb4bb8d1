package io.barista.engine.model.quantization;

import io.barista.engine.backend.HostTensor;
import org.jspecify.annotations.Nullable;

/**
 * The order of inputs that brings the inputs of each group side by side ("act-order": the quantiser took the inputs by importance, and
 * {@code g_idx} says which group each of them fell into).
 */
final class InputGroups {

    private InputGroups() {}

    /** @return null when inputs are in their natural order already */
    static int @Nullable [] order(HostTensor groupOfInput, int inputs, int groupSize) {
        int groups = Math.ceilDiv(inputs, groupSize);
        int[] next = new int[groups];
        for (int group = 0; group < groups; group++) {
            next[group] = group * groupSize;
        }
        int[] order = new int[inputs];
        boolean natural = true;
        for (int input = 0; input < inputs; input++) {
            int group = Nibbles.word(groupOfInput.data(), input);
            if (group < 0 || group >= groups) {
                throw Scales.invalid("%s: input %d is in group %d, there are %d", groupOfInput.name(), input, group,
                        groups);
            }
            int place = next[group]++;
            if (place >= Math.min(inputs, (group + 1) * groupSize)) {
                throw Scales.invalid("%s: group %d has more than its %d inputs", groupOfInput.name(), group, groupSize);
            }
            order[place] = input;
            natural &= place == input;
        }
        return natural ? null : order;
    }
}

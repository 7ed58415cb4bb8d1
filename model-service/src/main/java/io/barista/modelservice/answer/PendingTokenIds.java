package io.barista.modelservice.answer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Token ids of one choice that pile up until they are taken, where the request asked for them ({@code return_token_ids}). */
public final class PendingTokenIds {

    private final boolean asked;
    private List<Integer> ids = new ArrayList<>();

    public PendingTokenIds(boolean asked) {
        this.asked = asked;
    }

    public void add(int[] tokens) {
        if (asked) {
            for (int token : tokens) {
                ids.add(token);
            }
        }
    }

    /** What came since the last call; null when the request did not ask. */
    public @Nullable List<Integer> take() {
        if (!asked) {
            return null;
        }
        List<Integer> taken = ids;
        ids = new ArrayList<>();
        return taken;
    }
}

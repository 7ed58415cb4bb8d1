package io.barista.engine.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Cuts a text into random pieces, empty ones among them. */
final class Chunks {

    private Chunks() {}

    static List<String> of(String text, long seed) {
        Random random = new Random(seed);
        List<String> chunks = new ArrayList<>();
        for (int start = 0; start < text.length();) {
            int end = Math.min(text.length(), start + random.nextInt(4));
            chunks.add(text.substring(start, end));
            start = end;
        }
        return chunks;
    }
}

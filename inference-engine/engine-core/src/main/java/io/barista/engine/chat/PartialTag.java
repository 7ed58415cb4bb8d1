package io.barista.engine.chat;

import java.util.Collection;

/** Text at the end of a stream that may still become a tag. */
public final class PartialTag {

    private PartialTag() {}

    /** Where the longest ending of {@code text} starts that begins one of the tags without completing it; the length if none does. */
    public static int start(CharSequence text, Collection<String> tags) {
        int longest = tags.stream().mapToInt(String::length).max().orElse(0) - 1;
        for (int start = Math.max(0, text.length() - longest); start < text.length(); start++) {
            String ending = text.subSequence(start, text.length()).toString();
            if (tags.stream().anyMatch(tag -> tag.startsWith(ending) && tag.length() > ending.length())) {
                return start;
            }
        }
        return text.length();
    }
}

package io.barista.openai.chat;

import java.util.List;

/** One entry per generated token. */
public record ChatLogprobs(List<Entry> content) {

    /**
     * @param logprob natural logarithm, not below -9999
     * @param bytes   the token's text in UTF-8
     */
    public record Token(String token, double logprob, List<Integer> bytes) {}

    /** A generated token and its most probable rivals, best first. */
    public record Entry(String token, double logprob, List<Integer> bytes, List<Token> topLogprobs) {}
}

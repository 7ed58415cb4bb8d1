package io.barista.openai.tokenize;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** @param tokenStrs the tokens as written in the vocabulary, only on request */
public record TokenizeResponse(int count, int maxModelLen, List<Integer> tokens, @Nullable List<String> tokenStrs) {}

package io.barista.openai.tokenize;

/** @param prompt the text of the tokens, special ones included */
public record DetokenizeResponse(String prompt) {}

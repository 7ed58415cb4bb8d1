package io.barista.modelservice.answer;

/**
 * What every piece of an answer repeats.
 *
 * @param created seconds since 1970
 */
public record AnswerHeader(String id, long created, String model, String fingerprint) {}

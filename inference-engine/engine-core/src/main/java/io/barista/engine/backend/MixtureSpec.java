package io.barista.engine.backend;

/**
 * A mixture of equal experts, each a gated MLP.
 *
 * @param hidden columns of a row
 * @param inner  width of one expert
 */
public record MixtureSpec(int hidden, int inner, Activation activation, RouterSpec router) {}

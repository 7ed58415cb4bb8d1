/** From logits to the next token, in vLLM's order and with its formulas; every draw depends on its request alone. */
@NullMarked
package io.barista.engine.sampling;

import org.jspecify.annotations.NullMarked;

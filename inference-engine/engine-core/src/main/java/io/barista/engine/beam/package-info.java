/** Beam search: the most probable answers as a whole, instead of token by token. */
@NullMarked
package io.barista.engine.beam;

import org.jspecify.annotations.NullMarked;

/** Tells a model's reasoning from its answer while both are being written. */
@NullMarked
package io.barista.engine.chat.reasoning;

import org.jspecify.annotations.NullMarked;

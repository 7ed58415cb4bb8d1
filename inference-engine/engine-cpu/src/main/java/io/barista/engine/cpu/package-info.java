/** The CPU backend: a scalar oracle and its Vector API twin. */
@NullMarked
package io.barista.engine.cpu;

import org.jspecify.annotations.NullMarked;

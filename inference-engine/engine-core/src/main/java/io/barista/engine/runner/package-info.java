/** Turns a step's plan into device work and back into tokens; the only place where bookkeeping becomes tensors. */
@NullMarked
package io.barista.engine.runner;

import org.jspecify.annotations.NullMarked;

/** Who computes how many tokens in the next step. Pure bookkeeping: deterministic, single-threaded, no I/O and no clock. */
@NullMarked
package io.barista.engine.scheduler;

import org.jspecify.annotations.NullMarked;

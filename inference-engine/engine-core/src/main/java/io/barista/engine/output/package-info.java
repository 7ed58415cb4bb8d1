/** From tokens to the events that a request's listener hears: text, stop strings, usage and timings, off the engine loop. */
@NullMarked
package io.barista.engine.output;

import org.jspecify.annotations.NullMarked;

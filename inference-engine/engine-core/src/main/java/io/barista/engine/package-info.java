/** The engine as a library: submit a request, receive its events. Start reading at {@link io.barista.engine.LlmEngine}. */
@NullMarked
package io.barista.engine;

import org.jspecify.annotations.NullMarked;

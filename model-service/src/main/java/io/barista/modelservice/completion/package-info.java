/** From completion requests to prompts, and from the engine's events to choices and chunks. */
@NullMarked
package io.barista.modelservice.completion;

import org.jspecify.annotations.NullMarked;

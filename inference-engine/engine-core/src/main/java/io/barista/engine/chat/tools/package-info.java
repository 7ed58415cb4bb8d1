/** Finds the tool calls in what a model writes, in the dialects that model families are trained on. */
@NullMarked
package io.barista.engine.chat.tools;

import org.jspecify.annotations.NullMarked;

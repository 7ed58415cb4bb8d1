/** {@code /v1/completions}: request, answer and chunks. */
@NullMarked
package io.barista.openai.completion;

import org.jspecify.annotations.NullMarked;

/** {@code /v1/chat/completions}: request, answer and chunks. */
@NullMarked
package io.barista.openai.chat;

import org.jspecify.annotations.NullMarked;

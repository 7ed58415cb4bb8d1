/** {@code /v1/responses}, OpenAI's newer API: its requests as chats, its answers and the events of its streams. */
@NullMarked
package io.barista.openai.responses;

import org.jspecify.annotations.NullMarked;

/** {@code /v1/messages}, Anthropic's API: its requests as chats, its answers and the events of its streams. */
@NullMarked
package io.barista.openai.messages;

import org.jspecify.annotations.NullMarked;

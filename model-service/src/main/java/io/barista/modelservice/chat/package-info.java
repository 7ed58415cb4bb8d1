/** From a chat request to a prompt, and from the engine's events to messages and chunks. */
@NullMarked
package io.barista.modelservice.chat;

import org.jspecify.annotations.NullMarked;

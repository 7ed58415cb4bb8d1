/** Anthropic's messages: a chat's chunks as their blocks and events. */
@NullMarked
package io.barista.modelservice.messages;

import org.jspecify.annotations.NullMarked;

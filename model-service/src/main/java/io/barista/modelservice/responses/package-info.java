/** OpenAI's responses: a chat's chunks as their items and events, and the responses that are kept for follow-ups. */
@NullMarked
package io.barista.modelservice.responses;

import org.jspecify.annotations.NullMarked;

/** Messages to prompt text: chat templates, and the parsers of what comes back. */
@NullMarked
package io.barista.engine.chat;

import org.jspecify.annotations.NullMarked;

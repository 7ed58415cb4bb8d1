/** Text to token ids and back, streaming included. */
@NullMarked
package io.barista.engine.tokenizer;

import org.jspecify.annotations.NullMarked;

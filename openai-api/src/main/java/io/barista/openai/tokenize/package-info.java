/** {@code /tokenize} and {@code /detokenize}. */
@NullMarked
package io.barista.openai.tokenize;

import org.jspecify.annotations.NullMarked;

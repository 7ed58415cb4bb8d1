/** {@code /v1/models}. */
@NullMarked
package io.barista.openai.model;

import org.jspecify.annotations.NullMarked;

/** The public OpenAI surface over all models. */
@NullMarked
package io.barista.gateway;

import org.jspecify.annotations.NullMarked;

/** Hands every service its LlmConfig. */
@NullMarked
package io.barista.configserver;

import org.jspecify.annotations.NullMarked;

/** Every failure in the one error shape of the OpenAI surface; nothing of the inside leaks. */
@NullMarked
package io.barista.gateway.error;

import org.jspecify.annotations.NullMarked;

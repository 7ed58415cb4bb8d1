/** The one error shape of every service, and the codes it can carry. */
@NullMarked
package io.barista.openai.error;

import org.jspecify.annotations.NullMarked;

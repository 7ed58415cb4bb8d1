/** The way back: answers passed on in whole events, watched, and ended honestly when a replica breaks. */
@NullMarked
package io.barista.gateway.stream;

import org.jspecify.annotations.NullMarked;

/** Which model this process serves, and where that was said. */
@NullMarked
package io.barista.modelservice.config;

import org.jspecify.annotations.NullMarked;

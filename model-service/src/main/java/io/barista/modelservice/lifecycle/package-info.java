/** Health while starting, running and draining. */
@NullMarked
package io.barista.modelservice.lifecycle;

import org.jspecify.annotations.NullMarked;

/** One model over HTTP. */
@NullMarked
package io.barista.modelservice;

import org.jspecify.annotations.NullMarked;

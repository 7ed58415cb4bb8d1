/** Where tests find reference data that is not part of this repository. */
@NullMarked
package io.barista.engine.goldens;

import org.jspecify.annotations.NullMarked;

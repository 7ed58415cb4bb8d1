/** Model folders: configuration, weights and the decoder that runs any of them. */
@NullMarked
package io.barista.engine.model;

import org.jspecify.annotations.NullMarked;

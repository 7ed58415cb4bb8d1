/** Quantised weights of the public formats, each translated into the one layout of its kind that backends take. */
@NullMarked
package io.barista.engine.model.quantization;

import org.jspecify.annotations.NullMarked;

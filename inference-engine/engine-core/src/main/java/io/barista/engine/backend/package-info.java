/** What a device must offer: the backend SPI. Coarse, fused operations on device buffers, never element access. */
@NullMarked
package io.barista.engine.backend;

import org.jspecify.annotations.NullMarked;

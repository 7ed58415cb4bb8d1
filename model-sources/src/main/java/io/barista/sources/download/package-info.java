/** One folder's way onto the disk: parallel parts, resumed after a crash, verified before anyone sees them. */
@NullMarked
package io.barista.sources.download;

import org.jspecify.annotations.NullMarked;

/** Folders of this machine. */
@NullMarked
package io.barista.sources.folder;

import org.jspecify.annotations.NullMarked;

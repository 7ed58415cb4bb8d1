/** Servers of the sources' protocols on the loopback address, with faults. */
@NullMarked
package io.barista.sources.testserver;

import org.jspecify.annotations.NullMarked;

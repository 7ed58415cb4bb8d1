/** What the gateway offers to the world: paths and methods, and the 405 of a known path. */
@NullMarked
package io.barista.gateway.surface;

import org.jspecify.annotations.NullMarked;

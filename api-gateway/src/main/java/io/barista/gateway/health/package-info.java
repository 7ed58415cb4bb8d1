/** Is the gateway up, which version is it, and how does it end. */
@NullMarked
package io.barista.gateway.health;

import org.jspecify.annotations.NullMarked;

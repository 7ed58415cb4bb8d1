/** The list of models that clients see: one card of each, as its replicas describe it. */
@NullMarked
package io.barista.gateway.listing;

import org.jspecify.annotations.NullMarked;

/** From a request to a replica's answer: routes, choice of model, failover. */
@NullMarked
package io.barista.gateway.routing;

import org.jspecify.annotations.NullMarked;

/** The replicas of each model: discovery, load, circuit breakers, and the choice of one. */
@NullMarked
package io.barista.gateway.replicas;

import org.jspecify.annotations.NullMarked;

/** The engine inside the service: brought up in the background, reached as streams of events. */
@NullMarked
package io.barista.modelservice.engine;

import org.jspecify.annotations.NullMarked;

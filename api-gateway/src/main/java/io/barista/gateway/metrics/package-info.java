/** What became of each request: its record, its one log line and the meters. */
@NullMarked
package io.barista.gateway.metrics;

import org.jspecify.annotations.NullMarked;

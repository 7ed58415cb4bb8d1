/** The engine's numbers under vLLM's names, so that its dashboards work. */
@NullMarked
package io.barista.modelservice.metrics;

import org.jspecify.annotations.NullMarked;

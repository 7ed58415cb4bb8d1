/** A load generator for any OpenAI-compatible endpoint. Start reading at {@link io.barista.cli.bench.LoadGenerator}. */
@NullMarked
package io.barista.cli.bench;

import org.jspecify.annotations.NullMarked;

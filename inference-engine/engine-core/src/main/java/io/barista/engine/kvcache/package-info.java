/** Who holds which block of the KV cache: reference counts, sharing by prefix, least recently used first. */
@NullMarked
package io.barista.engine.kvcache;

import org.jspecify.annotations.NullMarked;

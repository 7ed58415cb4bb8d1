/** Finds, fetches, verifies and serves LoRA adapters. Start reading at {@link io.barista.loraregistry.AdapterController}. */
@NullMarked
package io.barista.loraregistry;

import org.jspecify.annotations.NullMarked;

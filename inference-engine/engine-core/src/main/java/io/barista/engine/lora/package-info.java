/** LoRA adapters: where they come from, the host's cache of them, and the device's slots. */
@NullMarked
package io.barista.engine.lora;

import org.jspecify.annotations.NullMarked;

/** Adding and removing LoRA adapters while the suite runs. */
@NullMarked
package io.barista.gateway.adapters;

import org.jspecify.annotations.NullMarked;

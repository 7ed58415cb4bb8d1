/** Adapters from the LoRA registry: what there is, in which version, and their files. */
@NullMarked
package io.barista.modelservice.adapters;

import org.jspecify.annotations.NullMarked;

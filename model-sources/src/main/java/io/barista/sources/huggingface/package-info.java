/** Repositories of Hugging Face. */
@NullMarked
package io.barista.sources.huggingface;

import org.jspecify.annotations.NullMarked;

/** Embeddings and what is made of them: scores and rankings. */
@NullMarked
package io.barista.modelservice.embedding;

import org.jspecify.annotations.NullMarked;

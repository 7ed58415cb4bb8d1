/** {@code /v1/embeddings}, {@code /v1/score} and {@code /v1/rerank}: requests and answers. */
@NullMarked
package io.barista.openai.embedding;

import org.jspecify.annotations.NullMarked;

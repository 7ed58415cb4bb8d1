/** Files from S3, GCS, Hugging Face or a folder: verified, cached, never partial. Start reading at {@link io.barista.sources.SourceCache}. */
@NullMarked
package io.barista.sources;

import org.jspecify.annotations.NullMarked;

/** Buckets of Google Cloud Storage, over its JSON API. */
@NullMarked
package io.barista.sources.gcs;

import org.jspecify.annotations.NullMarked;

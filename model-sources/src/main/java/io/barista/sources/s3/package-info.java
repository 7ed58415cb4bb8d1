/** Buckets of S3 and of what speaks its protocol. */
@NullMarked
package io.barista.sources.s3;

import org.jspecify.annotations.NullMarked;

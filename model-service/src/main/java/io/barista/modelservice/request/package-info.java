/** What chat and completions check alike, before any token is spent. */
@NullMarked
package io.barista.modelservice.request;

import org.jspecify.annotations.NullMarked;

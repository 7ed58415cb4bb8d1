/** The request body: read once under a hard cap, looked into for its model, sent on as it came. */
@NullMarked
package io.barista.gateway.body;

import org.jspecify.annotations.NullMarked;

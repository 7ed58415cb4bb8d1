/** Which models there are, by the configuration, and which of them a request means. */
@NullMarked
package io.barista.gateway.models;

import org.jspecify.annotations.NullMarked;

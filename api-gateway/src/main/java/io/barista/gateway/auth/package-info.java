/** Who may come in: one API key, compared in constant time. */
@NullMarked
package io.barista.gateway.auth;

import org.jspecify.annotations.NullMarked;

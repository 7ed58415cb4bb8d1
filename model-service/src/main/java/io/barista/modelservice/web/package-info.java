/** HTTP: routes, headers, errors and server-sent events. Everything else is behind it. */
@NullMarked
package io.barista.modelservice.web;

import org.jspecify.annotations.NullMarked;

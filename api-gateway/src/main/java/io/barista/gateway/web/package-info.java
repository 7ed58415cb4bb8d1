/** What every request meets first: its id. */
@NullMarked
package io.barista.gateway.web;

import org.jspecify.annotations.NullMarked;

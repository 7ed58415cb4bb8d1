/** HTTP as the sources need it: ranges, redirects, and failures by what can be done about them. */
@NullMarked
package io.barista.sources.web;

import org.jspecify.annotations.NullMarked;

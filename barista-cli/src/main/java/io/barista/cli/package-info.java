/** The barista command. */
@NullMarked
package io.barista.cli;

import org.jspecify.annotations.NullMarked;

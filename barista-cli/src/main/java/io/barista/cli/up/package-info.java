/** The suite on one machine: {@code up}, {@code status}, {@code logs} and {@code down}. Start reading at {@link Supervisor}. */
@NullMarked
package io.barista.cli.up;

import org.jspecify.annotations.NullMarked;

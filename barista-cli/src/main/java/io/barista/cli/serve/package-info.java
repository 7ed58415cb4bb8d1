/** One model service in the foreground. */
@NullMarked
package io.barista.cli.serve;

import org.jspecify.annotations.NullMarked;

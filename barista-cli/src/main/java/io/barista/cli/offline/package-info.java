/** Commands that need no server: they run the engine in this process. */
@NullMarked
package io.barista.cli.offline;

import org.jspecify.annotations.NullMarked;

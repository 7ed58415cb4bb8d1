/** Services as processes: how they are started, recognised, asked, stopped, and how their end is explained. */
@NullMarked
package io.barista.cli.process;

import org.jspecify.annotations.NullMarked;

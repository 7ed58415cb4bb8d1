/** What chat and completions have in common on the wire. */
@NullMarked
package io.barista.openai;

import org.jspecify.annotations.NullMarked;

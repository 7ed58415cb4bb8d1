/** JSON in and out: strict about form, lenient about spelling, every complaint names the field. */
@NullMarked
package io.barista.openai.json;

import org.jspecify.annotations.NullMarked;

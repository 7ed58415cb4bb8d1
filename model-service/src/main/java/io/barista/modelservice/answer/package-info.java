/** What answers of chat and completions are made of alike: ids, token texts, finish reasons, usage. */
@NullMarked
package io.barista.modelservice.answer;

import org.jspecify.annotations.NullMarked;

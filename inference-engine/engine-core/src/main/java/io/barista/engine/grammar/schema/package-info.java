/** JSON schema as a grammar: what it says is enforced exactly, what cannot be enforced is refused by name. */
@NullMarked
package io.barista.engine.grammar.schema;

import org.jspecify.annotations.NullMarked;

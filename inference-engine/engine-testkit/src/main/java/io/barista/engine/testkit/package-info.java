/** Parity kit, golden kit, tiny models and scripted devices for other modules' tests. */
@NullMarked
package io.barista.engine.testkit;

import org.jspecify.annotations.NullMarked;

/** The gateway's own knobs, validated, with units in their names or types. */
@NullMarked
package io.barista.gateway.settings;

import org.jspecify.annotations.NullMarked;

/** The types a configuration value can have; each reads YAML and flag text alike and says in words what it expects. */
@NullMarked
package io.barista.config.type;

import org.jspecify.annotations.NullMarked;

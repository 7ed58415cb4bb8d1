/** YAML text as a tree of plain values that know their lines; bounded, so that no file can fill the memory. */
@NullMarked
package io.barista.config.yaml;

import org.jspecify.annotations.NullMarked;

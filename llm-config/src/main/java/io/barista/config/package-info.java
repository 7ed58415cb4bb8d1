/** The configuration of one model: YAML in Ray Serve LLM's form and flags in vLLM's, parsed, validated and typed. */
@NullMarked
package io.barista.config;

import org.jspecify.annotations.NullMarked;

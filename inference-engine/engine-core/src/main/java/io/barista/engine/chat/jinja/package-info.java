/**
 * Jinja as Hugging Face renders chat templates: source to {@code Token}s to syntax tree, and an interpreter with Python's values.
 * Nothing of Java can be reached from a template, and steps, depth and sizes are bounded.
 */
@NullMarked
package io.barista.engine.chat.jinja;

import org.jspecify.annotations.NullMarked;

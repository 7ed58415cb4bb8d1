/** The CUDA backend. The only package that knows JavaCPP's CUDA presets; no native pointer leaves it. */
@NullMarked
package io.barista.engine.cuda;

import org.jspecify.annotations.NullMarked;

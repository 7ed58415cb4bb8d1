package io.barista.config;

/** The {@code kv_cache_dtype} knob: what keys and values are kept in; {@code auto} is what the model is computed in. */
public enum KvCacheChoice {
    AUTO, FP8
}

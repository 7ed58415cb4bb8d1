package io.barista.engine.kvcache;

/** Names the content of a full block together with everything before it: half of a SHA-256, so equal means equal. */
record BlockHash(long high, long low) {}

package io.barista.modelservice.request;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a request's headers say about it.
 *
 * @param requestId the client's, or one that was made up
 * @param timeout   when its client will no longer wait; null for never
 * @param priority  for requests whose body has none; null for none
 */
public record Arrival(String requestId, @Nullable Duration timeout, @Nullable Integer priority) {}

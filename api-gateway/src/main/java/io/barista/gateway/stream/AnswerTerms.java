package io.barista.gateway.stream;

import io.barista.gateway.error.ErrorAnswers;
import io.barista.openai.error.Dialect;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What holds for the answer to one request, whichever replica gives it.
 *
 * @param dialect      in which a stream is told that it breaks off
 * @param endsWithDone whether an event stream without {@code data: [DONE]} has been cut off
 * @param curtain      emits the reason when the request has to end
 * @param idleTimeout  the longest silence within the answer
 * @param heldBytes    how much of an answer that is no event stream is held back
 */
public record AnswerTerms(Dialect dialect, boolean endsWithDone, Mono<AnswerCutException> curtain, Duration idleTimeout,
        long heldBytes,
        Scheduler clock, ErrorAnswers errors) {}

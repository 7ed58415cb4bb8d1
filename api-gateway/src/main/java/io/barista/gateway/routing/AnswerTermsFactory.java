package io.barista.gateway.routing;

import io.barista.gateway.error.ErrorAnswers;
import io.barista.gateway.metrics.RequestRecord;
import io.barista.gateway.settings.GatewaySettings;
import io.barista.gateway.stream.AnswerTerms;
import io.barista.gateway.stream.Curtain;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** Makes the terms of each answer from the settings. */
final class AnswerTermsFactory {

    private final GatewaySettings.Answer settings;
    private final Curtain curtain;
    private final ErrorAnswers errors;
    private final Scheduler clock;

    AnswerTermsFactory(GatewaySettings.Answer settings, Curtain curtain, ErrorAnswers errors, Scheduler clock) {
        this.settings = settings;
        this.curtain = curtain;
        this.errors = errors;
        this.clock = clock;
    }

    /** @param timeout the client's own; null for none */
    AnswerTerms of(RequestRecord request, @Nullable Duration timeout) {
        return new AnswerTerms(request.endpoint().dialect(), request.endpoint().endsWithDone(),
                curtain.forRequestOf(request.startedNanos(), timeout),
                settings.idleTimeout(), settings.heldSize().toBytes(), clock, errors);
    }
}

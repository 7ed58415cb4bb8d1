package io.barista.gateway.routing;

import io.barista.gateway.error.ErrorAnswers;
import io.barista.gateway.metrics.RequestRecord;
import io.barista.gateway.settings.GatewaySettings;
import io.barista.gateway.stream.AnswerTerms;
import io.barista.gateway.stream.Curtain;
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

    AnswerTerms of(RequestRecord request) {
        return new AnswerTerms(request.endpoint().endsWithDone(), curtain.forRequestOf(request.startedNanos()),
                settings.idleTimeout(), settings.heldSize().toBytes(), clock, errors);
    }
}

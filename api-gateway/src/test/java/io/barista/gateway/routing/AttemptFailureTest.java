package io.barista.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptFailureTest {

    static Stream<Arguments> failures() {
        return Stream.of(Arguments.of(new ConnectException(), AttemptFailure.UNREACHABLE),
                Arguments.of(new UnknownHostException(), AttemptFailure.UNREACHABLE),
                Arguments.of(new ClosedChannelException(), AttemptFailure.BROKEN),
                Arguments.of(new NotYetConnectedException(), AttemptFailure.BROKEN),
                Arguments.of(new IOException("reset"), AttemptFailure.BROKEN),
                Arguments.of(new IllegalStateException(), AttemptFailure.OUR_FAULT));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatBreaksAConnectionIsNoFaultOfTheGateway(Throwable failure, AttemptFailure kind) {
        assertThat(AttemptFailure.of(failure)).isEqualTo(kind);
    }
}

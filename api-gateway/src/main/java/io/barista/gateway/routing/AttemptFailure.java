package io.barista.gateway.routing;

import io.barista.gateway.stream.AnswerCutException;
import io.barista.gateway.stream.ClientGoneException;
import io.barista.gateway.stream.RefusingReplicaException;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.netty.channel.AbortedException;

/** Why an attempt at one replica failed; decides who is asked next and what the client is told. */
enum AttemptFailure {

    /** No connection could be made: the request did not get there. */
    UNREACHABLE,

    /** The replica said 503: it did not take the request. */
    REFUSED,

    /** The connection broke, or what came over it was no HTTP. */
    BROKEN,

    /** The replica was given time to begin its answer, and did not. */
    TIMED_OUT,

    /** The gateway ended the request. */
    CUT,

    /** There is nobody to answer any more. */
    CLIENT_GONE,

    /** A fault of the gateway. */
    OUR_FAULT;

    static AttemptFailure of(Throwable failure) {
        return switch (failure) {
            case AnswerCutException _ -> CUT;
            case ClientGoneException _ -> CLIENT_GONE;
            case RefusingReplicaException _ -> REFUSED;
            case ConnectException _ -> UNREACHABLE;
            case NoRouteToHostException _ -> UNREACHABLE;
            case UnknownHostException _ -> UNREACHABLE;
            case ResponseStatusException status when status.getStatusCode() == HttpStatus.GATEWAY_TIMEOUT -> TIMED_OUT;
            case DecoderException _ -> BROKEN;
            case ClosedChannelException _ -> BROKEN;
            case IOException _ -> BROKEN;
            case AbortedException _ -> BROKEN; // closed before the request was written
            case NotYetConnectedException _ -> BROKEN; // epoll saw something of a connection that was still being made
            default -> OUR_FAULT;
        };
    }
}

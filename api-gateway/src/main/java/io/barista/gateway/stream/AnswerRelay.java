package io.barista.gateway.stream;

import io.barista.gateway.metrics.EndReason;
import io.barista.gateway.web.RequestIdFilter;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorCode;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The client's response as one attempt sees it. Status, headers and body of the replica's answer reach the client from
 * the first complete piece on; until then the attempt can fail without a trace, and another one can be made.
 */
public final class AnswerRelay extends ServerHttpResponseDecorator {

    private static final NettyDataBufferFactory HEAP = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
    private static final int LONGEST_EVENT_BYTES = 16 * 1024 * 1024;

    private final AnswerTerms terms;
    private final Consumer<AnswerRelay> onBegin;
    private final Runnable onFirstEvent;
    private final HttpHeaders headers = new HttpHeaders();

    private @Nullable HttpStatusCode status;
    private volatile boolean received;
    private volatile boolean begun;
    private boolean spoken;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    /**
     * @param onBegin      called once, just before the first byte goes to the client
     * @param onFirstEvent called once, just before the first event of a stream does; comments are none
     */
    public AnswerRelay(ServerHttpResponse client, AnswerTerms terms, Consumer<AnswerRelay> onBegin,
            Runnable onFirstEvent) {
        super(client);
        this.terms = terms;
        this.onBegin = onBegin;
        this.onFirstEvent = onFirstEvent;
    }

    /** Whether any of the replica's body has come; from then on nobody else may be asked for it. */
    public boolean isReceived() {
        return received;
    }

    /** Whether anything has gone to the client. */
    public boolean isBegun() {
        return begun;
    }

    /** Why the answer has no proper end, although the client was given one. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    public boolean isEventStream() {
        return MediaType.TEXT_EVENT_STREAM.isCompatibleWith(headers.getContentType());
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public boolean setStatusCode(@Nullable HttpStatusCode code) {
        status = code;
        return true;
    }

    @Override
    public @Nullable HttpStatusCode getStatusCode() {
        return status != null ? status : super.getStatusCode();
    }

    @Override
    public Mono<Void> setComplete() {
        return Mono.defer(() -> {
            begin();
            return super.setComplete();
        });
    }

    /**
     * Takes each piece out of the publisher that Spring has put it in. The operators that flatten publishers are no
     * choice here: cancelled, or asked by two threads at once, they release a piece twice, or even pass it on twice.
     */
    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return writeWith(Flux.from(body).<DataBuffer>handle((single, sink) -> Flux.from(single).subscribe(sink::next)));
    }

    /** Reactor Netty flushes when it has nothing more to write for now, so that no event waits for the next one. */
    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            return Mono.error(new RefusingReplicaException());
        }
        Sinks.Empty<Void> over = Sinks.empty(); // lets go of the replica even when the writer forgets to cancel
        Flux<DataBuffer> pieces = Flux.<DataBuffer>from(body).map(AnswerRelay::ownCopy).doOnNext(_ -> received = true)
                .takeUntilOther(over.asMono());
        Flux<DataBuffer> watched = new SilenceWatch(terms.idleTimeout(), terms.clock()).over(pieces, terms.curtain());
        return getDelegate().writeWith(beginning(isEventStream() ? events(watched) : held(watched)))
                .onErrorMap(error -> error != failure, ClientGoneException::new).then(Mono.defer(this::written))
                .doFinally(_ -> over.tryEmitEmpty());
    }

    /** Reactor Netty calls an answer written, too, when its reader closed the connection within it. */
    private Mono<Void> written() {
        return ended ? Mono.empty() : Mono.error(new ClientGoneException(null));
    }

    private Flux<DataBuffer> beginning(Flux<DataBuffer> answer) {
        return answer.doOnNext(_ -> begin()).doOnComplete(() -> {
            begin();
            ended = true;
        });
    }

    /** Whole events; after a failure between them, the events that tell of it. */
    private Flux<DataBuffer> events(Flux<DataBuffer> pieces) {
        EventFramer framer = new EventFramer(LONGEST_EVENT_BYTES);
        return pieces.<DataBuffer>handle((piece, sink) -> {
            try {
                byte[] events = framer.feed(piece);
                if (events != null) {
                    notice(events);
                    sink.next(onHeap(events));
                }
            } catch (BrokenAnswerException e) {
                sink.error(e);
            }
        }).concatWith(Mono.defer(() -> lastOf(framer)))
                .onErrorResume(_ -> framer.isDone(), _ -> Flux.empty()) // broken off after its last word: no harm
                .doOnError(error -> failure = error)
                .onErrorResume(this::canBeTold, error -> Flux.just(onHeap(ending(error))));
    }

    private void notice(byte[] events) {
        if (!spoken && events[0] != ':') {
            spoken = true;
            onFirstEvent.run();
        }
    }

    private Mono<DataBuffer> lastOf(EventFramer framer) {
        byte[] rest = framer.finish();
        if (terms.endsWithDone() && !framer.isDone()) {
            return Mono.error(new BrokenAnswerException("the stream ended without [DONE]"));
        }
        return rest.length == 0 ? Mono.empty() : Mono.just(onHeap(rest));
    }

    /** The bytes of a piece that came from a replica, which is released. */
    private static DataBuffer ownCopy(DataBuffer piece) {
        try {
            byte[] bytes = new byte[piece.readableByteCount()];
            piece.read(bytes);
            return onHeap(bytes);
        } finally {
            DataBufferUtils.release(piece);
        }
    }

    /**
     * A buffer that nobody can release; the collector takes it. When a client goes away in the moment of a write, Reactor and
     * Reactor Netty may release what is under way a second time: the exception kept a replica's answer from being
     * cancelled, and a pooled buffer could have been somebody else's by then.
     */
    private static DataBuffer onHeap(byte[] bytes) {
        return HEAP.wrap(Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes)));
    }

    private boolean canBeTold(Throwable error) {
        return begun && !(error instanceof AnswerCutException cut && cut.reason() == EndReason.CLIENT_STALL);
    }

    private byte[] ending(Throwable error) {
        ApiException told = error instanceof AnswerCutException cut
                ? cut.toApiException()
                : new ApiException(ErrorCode.UPSTREAM_FAILED, "The model broke off its answer.");
        return terms.errors().streamEnding(told, terms.dialect());
    }

    /** The answer in one go, up to the limit; what is longer flows from there on. */
    private Flux<DataBuffer> held(Flux<DataBuffer> pieces) {
        AtomicLong bytes = new AtomicLong();
        return pieces.bufferUntil(piece -> bytes.addAndGet(piece.readableByteCount()) > terms.heldBytes())
                .concatMapIterable(list -> list).concatWith(Mono.defer(() -> requireWhole(bytes.get())))
                .doOnError(error -> failure = error);
    }

    /** An answer shorter than it said would leave the client waiting for the rest. */
    private Mono<DataBuffer> requireWhole(long bytes) {
        return bytes < headers.getContentLength()
                ? Mono.error(new BrokenAnswerException("the answer ended after " + bytes + " bytes"))
                : Mono.empty();
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        HttpHeaders answer = getDelegate().getHeaders();
        headers.forEach((name, values) -> {
            if (!name.equalsIgnoreCase(RequestIdFilter.HEADER)) {
                answer.put(name, values);
            }
        });
        if (isEventStream()) {
            answer.remove(HttpHeaders.CONTENT_LENGTH); // the gateway may have to add events of its own
            answer.set("X-Accel-Buffering", "no");
            answer.setCacheControl("no-cache");
        }
        if (status != null) {
            getDelegate().setStatusCode(status);
        }
        onBegin.accept(this);
    }
}

package io.barista.loraregistry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.barista.openai.error.ApiException;
import io.barista.openai.error.ErrorBody;
import io.barista.openai.error.ErrorCode;
import io.barista.sources.RemoteFile;
import io.barista.sources.SourceException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The adapters. Names in requests are looked up among those that were listed; no path is made of them. */
@RestController
final class AdapterController {

    private static final Logger log = LoggerFactory.getLogger(AdapterController.class);

    private final Registry registry;

    AdapterController(Registry registry) {
        this.registry = registry;
    }

    /** @param crc32c hexadecimal; left out until the adapter has been fetched, in lists also until it was asked for since the service started */
    record FileCard(String name, long bytes, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String crc32c) {}

    /** @param state {@code cached} or {@code remote} */
    record Card(String base, String name, String version, long bytes, String state, List<FileCard> files) {}

    record Page(String object, List<Card> data, int page, int pages, int total) {}

    /** @param base null for all base models */
    @GetMapping("/v1/adapters")
    Page list(@RequestParam(required = false) @Nullable String base, @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int pageSize) {
        if (page < 0 || pageSize < 1 || pageSize > 1000) {
            throw ApiException.of(ErrorCode.INVALID_VALUE, "page",
                    "expected a page from 0 and a pageSize from 1 to 1000");
        }
        Stream<BaseModel> bases = base == null ? registry.bases().values().stream() : Stream.of(registry.base(base));
        List<Map.Entry<String, Adapter>> all = new ArrayList<>();
        bases.forEach(each -> all.addAll(registry.adapters(each).entrySet()));
        List<Card> cards = all.stream().skip((long) page * pageSize).limit(pageSize)
                .map(named -> card(named.getKey(), named.getValue())).toList();
        return new Page("list", cards, page, (all.size() + pageSize - 1) / pageSize, all.size());
    }

    @GetMapping("/v1/adapters/{base}/{name}")
    Card describe(@PathVariable String base, @PathVariable String name) {
        Adapter adapter = registry.require(base, name);
        registry.learn(adapter);
        return card(name, adapter);
    }

    /**
     * The file, with ranges; its tag changes with each upload of the adapter.
     *
     * @param ifMatch the version that is wanted, else nothing
     * @param range   one range of bytes; whatever else it says, the whole file comes, as HTTP allows
     * @param ifRange the version that a range is wanted of, else the whole file
     */
    @GetMapping("/v1/adapters/{base}/{name}/files/{file}")
    ResponseEntity<?> file(@PathVariable String base, @PathVariable String name, @PathVariable String file,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestHeader(name = HttpHeaders.RANGE, required = false) @Nullable String range,
            @RequestHeader(name = HttpHeaders.IF_RANGE, required = false) @Nullable String ifRange) {
        requireFile(registry.require(base, name), file);
        Adapter adapter = registry.fetch(base, name);
        RemoteFile found = requireFile(adapter, file);
        String tag = "\"" + adapter.version().hash() + "-" + found.path() + "\"";
        if (ifMatch != null && !ifMatch.equals("*") && !List.of(ifMatch.split("\\s*,\\s*")).contains(tag)) {
            return refusal(ErrorCode.PRECONDITION_FAILED, "There is another version of the adapter by now.",
                    HttpHeaders.ETAG, tag);
        }
        Optional<HttpRange> part = ifRange == null || ifRange.equals(tag) ? singleRange(range) : Optional.empty();
        if (part.filter(asked -> asked.getRangeStart(found.bytes()) >= found.bytes()).isPresent()) {
            return refusal(ErrorCode.RANGE_NOT_SATISFIABLE, "The file has %d bytes.".formatted(found.bytes()),
                    HttpHeaders.CONTENT_RANGE, "bytes */" + found.bytes());
        }
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok().eTag(tag)
                .contentType(MediaType.APPLICATION_OCTET_STREAM);
        registry.crc32c(adapter, found).ifPresent(sum -> answer.header("Repr-Digest", reprDigest(sum)));
        AdapterFile content = new AdapterFile(registry, adapter, found);
        return range == null || part.isPresent()
                ? answer.body(content) // Spring cuts the part out
                : answer.contentLength(found.bytes()).body(new InputStreamResource(content::getInputStream));
    }

    /** As RFC 9530 writes it: of the whole file, whichever part of it is sent. */
    private static String reprDigest(String crc32c) {
        return "crc32c=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(crc32c)) + ":";
    }

    private static Optional<HttpRange> singleRange(@Nullable String header) {
        try {
            return Optional.of(HttpRange.parseRanges(header)).filter(ranges -> ranges.size() == 1)
                    .map(List::getFirst);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static ResponseEntity<ErrorBody> refusal(ErrorCode code, String message, String header, String value) {
        return ResponseEntity.status(code.status()).header(header, value).contentType(MediaType.APPLICATION_JSON)
                .body(ErrorBody.of(code, message, null));
    }

    private static RemoteFile requireFile(Adapter adapter, String file) {
        return adapter.file(file).orElseThrow(() -> new ApiException(ErrorCode.UNKNOWN_ROUTE,
                "The adapter has no such file."));
    }

    /** Begins to fetch the adapter; its state says when it is here. */
    @PostMapping("/v1/adapters/{base}/{name}/prefetch")
    ResponseEntity<Card> prefetch(@PathVariable String base, @PathVariable String name) {
        Adapter adapter = registry.require(base, name);
        Thread.ofVirtual().name("prefetch-" + name).start(() -> {
            try {
                registry.fetch(base, name);
            } catch (SourceException | ApiException e) {
                log.warn("prefetch of {} failed: {}", name, e.getMessage());
            }
        });
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(card(name, adapter));
    }

    /** Frees its room on the disk; the source keeps it, and the next request fetches it anew. */
    @DeleteMapping("/v1/adapters/{base}/{name}")
    ResponseEntity<Void> delete(@PathVariable String base, @PathVariable String name) {
        if (!registry.remove(registry.require(base, name))) {
            throw new ApiException(ErrorCode.CONFLICT, "Somebody reads the adapter; try again later.");
        }
        return ResponseEntity.noContent().build();
    }

    private Card card(String name, Adapter adapter) {
        return new Card(adapter.base(), name, adapter.version().hash(), adapter.bytes(),
                registry.has(adapter) ? "cached" : "remote",
                adapter.files().stream().map(file -> new FileCard(file.path(), file.bytes(),
                        registry.crc32c(adapter, file).orElse(null))).toList());
    }
}

package io.barista.loraregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.barista.sources.SourceAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service over HTTP, with the demo model's adapters in a folder. */
@DirtiesContext
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"BARISTA_API_KEY=sesame", "barista.registry.scan-seconds=3600"})
class RegistryHttpTest {

    private static final Path MODELS = Path.of(System.getProperty("barista.root"), "models");
    private static final String BASE = "/v1/adapters/org%2Fdemo";

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @Autowired
    private Registry registry;

    private final HttpClient client = HttpClient.newHttpClient();

    @DynamicPropertySource
    static void configure(DynamicPropertyRegistry properties) throws IOException {
        copy("pirate", "pirate");
        copy("haiku", "haiku");
        copy("pirate", "torn");
        byte[] whole = Files.readAllBytes(weights("torn"));
        Files.write(weights("torn"), Arrays.copyOf(whole, whole.length - 100));
        Files.writeString(Files.createDirectories(folder.resolve("adapters/.hidden")).resolve(Adapter.CONFIG), "{}");
        Path pickled = Files.createDirectories(folder.resolve("adapters/pickled"));
        Files.copy(MODELS.resolve("adapters/pirate").resolve(Adapter.CONFIG), pickled.resolve(Adapter.CONFIG));
        Files.writeString(pickled.resolve("adapter_model.bin"), "run me");
        for (int number = 0; number < 5000; number++) {
            Path adapter = Files.createDirectories(folder.resolve("many/a-%04d".formatted(number)));
            Files.createFile(adapter.resolve(Adapter.CONFIG));
            Files.createFile(adapter.resolve(Adapter.WEIGHTS));
        }
        Path config = Files.writeString(folder.resolve("models.yaml"), """
                llm_configs:
                  - model_loading_config: {model_id: org/demo, model_source: %1$s/barista-demo}
                    lora_config: {dynamic_lora_loading_path: %2$s/adapters}
                    engine_kwargs: {allow_runtime_lora_updating: true}
                  - model_loading_config: {model_id: many, model_source: %1$s/barista-demo}
                    lora_config: {dynamic_lora_loading_path: %2$s/many}
                """.formatted(MODELS, folder));
        properties.add("barista.config.path", config::toString);
        properties.add("barista.registry.cache", () -> folder.resolve("cache").toString());
    }

    @Test
    void describesAdaptersOfTheBaseTheyBelongTo() throws Exception {
        awaitListing();
        JsonNode pirate = JsonMapper.shared().readTree(get(BASE + "/pirate").body());
        assertThat(pirate.path("base").asString()).isEqualTo("org/demo");
        assertThat(pirate.path("bytes").asLong()).isGreaterThan(1_259_416);
        assertThat(get("/v1/adapters/many/pirate").statusCode()).isEqualTo(404);
        assertThat(get("/v1/adapters/none/pirate").statusCode()).isEqualTo(404);
        assertThat(get("/v1/adapters?base=org%2Fdemo").body()).contains("haiku", "pirate").doesNotContain("hidden",
                folder.toString());
    }

    @Test
    void saysWhyAPickledAdapterIsNotServed() throws Exception {
        awaitListing();
        HttpResponse<String> pickled = get(BASE + "/pickled");
        assertThat(pickled.statusCode()).isEqualTo(400);
        assertThat(pickled.body()).contains("adapter pickled cannot be used", "pickle", Adapter.WEIGHTS);
        assertThat(get("/v1/adapters?base=org%2Fdemo").body()).doesNotContain("pickled");
    }

    @Test
    void listsThousandsInPages() throws Exception {
        awaitListing();
        JsonNode page = JsonMapper.shared().readTree(get("/v1/adapters?base=many&page=4&pageSize=1000").body());
        assertThat(page.path("total").asInt()).isEqualTo(5000);
        assertThat(page.path("pages").asInt()).isEqualTo(5);
        assertThat(page.path("data").get(999).path("name").asString()).isEqualTo("a-4999");
        assertThat(get("/v1/adapters?page=-1").statusCode()).isEqualTo(400);
        assertThat(get("/v1/adapters?page=x").statusCode()).isEqualTo(400);
    }

    @Test
    void streamsFilesWithTagsAndRanges() throws Exception {
        awaitListing();
        String file = BASE + "/pirate/files/" + Adapter.WEIGHTS;
        byte[] expected = Files.readAllBytes(weights("pirate"));
        HttpResponse<byte[]> whole = client.send(request(file).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(whole.body()).isEqualTo(expected);
        String tag = whole.headers().firstValue("etag").orElseThrow();

        HttpResponse<byte[]> part = client.send(request(file).header("Range", "bytes=100-199").build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(expected, 100, 200));
        byte[] sum = HexFormat.of().parseHex(Hashes.crc32c(expected));
        assertThat(part.headers().firstValue("repr-digest")).as("of the whole file")
                .hasValue("crc32c=:" + Base64.getEncoder().encodeToString(sum) + ":")
                .isEqualTo(whole.headers().firstValue("repr-digest"));
        assertThat(client.send(request(file).header("If-None-Match", tag).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(304);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bytes=0-9         | 206
            bytes=-9          | 206
            bytes=9-          | 206
            bytes=0-999999999 | 206
            bytes=999999999-  | 416
            bytes=-0          | 416
            bytes=9-5         | 200
            bytes=x           | 200
            items=0-5         | 200
            bytes=0-0,5-9     | 200
            """)
    void sendsOneRangeOrTheWholeFile(String range, int status) throws Exception {
        awaitListing();
        HttpResponse<byte[]> answer = client.send(
                request(BASE + "/pirate/files/" + Adapter.WEIGHTS).header("Range", range).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(status);
        long bytes = Files.size(weights("pirate"));
        switch (status) {
            case 200 -> assertThat(answer.body()).hasSize((int) bytes);
            case 206 -> assertThat(answer.headers().firstValue("content-range").orElseThrow()).endsWith("/" + bytes);
            default -> {
                assertThat(answer.headers().firstValue("content-range")).contains("bytes */" + bytes);
                assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("range_not_satisfiable");
            }
        }
    }

    @Test
    void givesTheVersionThatIsWantedOrSaysThatItHasAnother() throws Exception {
        awaitListing();
        String file = BASE + "/pirate/files/" + Adapter.WEIGHTS;
        byte[] expected = Files.readAllBytes(weights("pirate"));
        String tag = client.send(request(file).build(), HttpResponse.BodyHandlers.discarding()).headers()
                .firstValue("etag").orElseThrow();

        assertThat(part(file, "If-Match", tag)).satisfies(part -> {
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(expected, 100, 200));
        });
        assertThat(part(file, "If-Match", "\"other\"").statusCode()).isEqualTo(412);
        assertThat(part(file, "If-Range", tag).body()).hasSize(100);
        assertThat(part(file, "If-Range", "\"other\"")).satisfies(whole -> {
            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(whole.body()).isEqualTo(expected);
        });
    }

    private HttpResponse<byte[]> part(String file, String condition, String tag) throws Exception {
        return client.send(request(file).header("Range", "bytes=100-199").header(condition, tag).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void tellsHashesOfWhatItHasFetched() throws Exception {
        awaitListing();
        get(BASE + "/haiku/files/" + Adapter.CONFIG);

        JsonNode files = JsonMapper.shared().readTree(get(BASE + "/haiku").body()).path("files");

        for (JsonNode file : files) {
            byte[] content = Files.readAllBytes(weights("haiku").resolveSibling(file.path("name").asString()));
            assertThat(file.path("crc32c").asString()).isEqualTo(Hashes.crc32c(content));
        }
        assertThat(files).hasSize(2);
    }

    @Test
    void tellsWhatIsWrongWithABrokenAdapterAndServesTheOthers() throws Exception {
        awaitListing();
        HttpResponse<String> torn = get(BASE + "/torn/files/" + Adapter.WEIGHTS);
        assertThat(torn.statusCode()).isEqualTo(400);
        assertThat(torn.body()).contains("adapter torn cannot be used", "its data is not all there")
                .doesNotContain(folder.toString());
        assertThat(get(BASE + "/haiku/files/" + Adapter.CONFIG).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..%2F..%2Fmodels.yaml", "/%2e%2e", "/pirate/files/..%2F..%2Fmodels.yaml",
        "/pirate/files/%2Fetc%2Fpasswd", "/.hidden", "/pirate/files/.hidden", "/none"})
    void makesNoPathOfARequest(String path) throws Exception {
        awaitListing();
        assertThat(get(BASE + path).statusCode()).isBetween(400, 404);
    }

    @Test
    void usesANewFolderAtOnceAndANewUploadAfterTheNextLook() throws Exception {
        awaitListing();
        assertThat(get(BASE + "/fresh").statusCode()).isEqualTo(404);
        copy("haiku", "fresh");
        String before = get(BASE + "/fresh").body();
        assertThat(before).contains("\"name\":\"fresh\"");
        assertThat(get(BASE + "/fresh/files/" + Adapter.CONFIG).statusCode()).isEqualTo(200);

        copy("pirate", "fresh");
        registry.refresh();
        assertThat(get(BASE + "/fresh").body()).isNotEqualTo(before);
        assertThat(client.send(request(BASE + "/fresh/files/" + Adapter.WEIGHTS).build(),
                HttpResponse.BodyHandlers.ofByteArray()).body()).isEqualTo(Files.readAllBytes(weights("pirate")));
    }

    @Test
    void prefetchesAndForgets() throws Exception {
        awaitListing();
        HttpRequest.Builder prefetch = request(BASE + "/haiku/prefetch").POST(HttpRequest.BodyPublishers.noBody());
        assertThat(client.send(prefetch.build(), HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(202);
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!get(BASE + "/haiku").body().contains("cached") && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(get(BASE + "/haiku").body()).contains("\"state\":\"cached\"");
        assertThat(client.send(request(BASE + "/haiku").DELETE().build(), HttpResponse.BodyHandlers.ofString())
                .statusCode()).isEqualTo(204);
        assertThat(get(BASE + "/haiku").body()).contains("\"state\":\"remote\"");
    }

    @Test
    void anAdapterHasTheNamesThatItIsGivenAlsoAfterARestart() throws Exception {
        awaitListing();
        String named = put("corsair", "{\"lora_path\":\"%s/adapters/pirate/\"}".formatted(folder)).body();
        assertThat(named).isEmpty();
        assertThat(get(BASE + "/corsair").body()).isEqualTo(get(BASE + "/pirate").body().replace("pirate", "corsair"));
        assertThat(client.send(request(BASE + "/corsair/files/" + Adapter.WEIGHTS).build(),
                HttpResponse.BodyHandlers.ofByteArray()).body()).isEqualTo(Files.readAllBytes(weights("pirate")));
        assertThat(get("/v1/adapters?base=org%2Fdemo").body()).contains("\"name\":\"corsair\"");
        assertThat(get("/v1/names/org%2Fdemo").body()).isEqualTo("{\"corsair\":\"pirate\"}");
        assertThat(new AddedNames(folder.resolve("cache/names"), "org/demo",
                SourceAddress.parse(folder + "/adapters", folder).toString()).all())
                .containsEntry("corsair", "pirate");

        assertThat(put("corsair", "{\"lora_path\":\"%s/adapters/haiku\"}".formatted(folder)).body())
                .contains("'corsair' has already been loaded");
        assertThat(put("corsair", "{\"lora_path\":\"%s/adapters/haiku\",\"load_inplace\":true}".formatted(folder))
                .statusCode()).isEqualTo(204);
        assertThat(get("/v1/names/org%2Fdemo").body()).isEqualTo("{\"corsair\":\"haiku\"}");

        HttpRequest.Builder remove = request("/v1/names/org%2Fdemo/corsair").DELETE();
        assertThat(client.send(remove.build(), HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(204);
        assertThat(client.send(remove.build(), HttpResponse.BodyHandlers.ofString()).body())
                .contains("'corsair' cannot be found");
        assertThat(get(BASE + "/corsair").statusCode()).isEqualTo(404);
    }

    @Test
    void aFolderThatAppearsLaterIsStrongerThanAnAddedName() throws Exception {
        awaitListing();
        put("later", "{\"lora_path\":\"%s/adapters/pirate\"}".formatted(folder));
        assertThat(get(BASE + "/later/files/" + Adapter.WEIGHTS).statusCode()).isEqualTo(200);

        copy("haiku", "later");
        registry.refresh();

        assertThat(client.send(request(BASE + "/later/files/" + Adapter.WEIGHTS).build(),
                HttpResponse.BodyHandlers.ofByteArray()).body()).isEqualTo(Files.readAllBytes(weights("haiku")));
        assertThat(registry.adapters(registry.base("org/demo")).get("later").name()).isEqualTo("later");
        assertThat(client.send(request("/v1/names/org%2Fdemo/later").DELETE().build(),
                HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    }

    @Test
    void addedNamesDoNotCountWhereNobodyCouldTakeThemBack() throws Exception {
        awaitListing();
        registry.base("many").names().add("nickname", "a-0001", false);
        assertThat(get("/v1/adapters/many/nickname").statusCode()).isEqualTo(404);
        assertThat(get("/v1/names/many").body()).isEqualTo("{}");
        assertThat(registry.adapters(registry.base("many"))).doesNotContainKey("nickname");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            org%2Fdemo | x    | {}                               | 400 | Both 'lora_name' and 'lora_path'
            org%2Fdemo | x    | {"lora_path":"/etc/passwd"}      | 400 | right under
            org%2Fdemo | x    | {"lora_path":"ROOT/../many/a-1"} | 400 | right under
            org%2Fdemo | x    | {"lora_path":"ROOT/nobody"}      | 404 | there is no adapter nobody
            org%2Fdemo | x    | {"lora_path":"ROOT/pickled"}     | 400 | its weights are a pickle
            org%2Fdemo | haiku | {"lora_path":"ROOT/pirate"}     | 400 | a folder of that name
            org%2Fdemo | .x   | {"lora_path":"ROOT/pirate"}      | 400 | is no name
            org%2Fdemo | x    | {"lora_path"                     | 400 | expected a JSON object
            many       | x    | {"lora_path":"ROOT/pirate"}      | 404 | allow_runtime_lora_updating
            nobody     | x    | {"lora_path":"ROOT/pirate"}      | 404 | no such base model
            """)
    void givesNoNameToWhatCannotHaveIt(String base, String name, String body, int status, String message)
            throws Exception {
        awaitListing();
        HttpResponse<String> answer = client.send(request("/v1/names/" + base + "/" + name)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body.replace("ROOT", folder + "/adapters"))).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(message);
    }

    private HttpResponse<String> put(String name, String body) throws Exception {
        return client.send(request("/v1/names/org%2Fdemo/" + name).header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void isReadyCountsAndDescribesItself() throws Exception {
        awaitListing();
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health").body()).contains("\"unlisted\":[]");
        assertThat(get("/actuator/prometheus").body()).contains("barista_lora_registry_hits_total");
        assertThat(get("/openapi.yaml").body()).contains("/v1/adapters/{base}/{name}/files/{file}");
        assertThat(get("/nothing").body()).contains("\"code\":\"unknown_url\"");
        assertThat(client.send(request("/v1/adapters").DELETE().build(), HttpResponse.BodyHandlers.ofString()).body())
                .contains("\"code\":\"method_not_allowed\"");
    }

    @Test
    void wantsTheKey() throws Exception {
        HttpRequest without = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/adapters")).build();
        HttpResponse<String> refused = client.send(without, HttpResponse.BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("invalid_api_key");
    }

    /** The first look at the sources begins with the service. */
    private void awaitListing() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!registry.problems().isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(registry.problems()).isEmpty();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).header("Authorization",
                "Bearer sesame");
    }

    private static Path weights(String adapter) {
        return folder.resolve("adapters").resolve(adapter).resolve(Adapter.WEIGHTS);
    }

    private static void copy(String from, String to) throws IOException {
        Path target = Files.createDirectories(folder.resolve("adapters").resolve(to));
        try (Stream<Path> files = Files.list(MODELS.resolve("adapters").resolve(from))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}

package io.barista.modelservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Bodies with fields of every type, where some fit and most do not. */
final class HostileBodies {

    static final List<String> VALUES = List.of("null", "true", "false", "0", "1", "-1", "2", "0.5", "1e400",
            "-1e999",
            "99999999999999999999999", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud83d\"", "\"\\ud83d\\ude00\"", "[]", "{}",
            "[null]", "[[]]", "[1,2,3]", "[[1],[2]]", "[\"a\",\"b\"]", "[{}]", "{\"type\":\"text\"}",
            "{\"enable_thinking\":true}", "[{\"role\":\"user\",\"content\":\"a\"}]",
            "[{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"b\"}]},{\"role\":\"assistant\"}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"a\":[1,null]}}}]", "\"auto\"",
            "\"none\"",
            "{\"include_usage\":true}", "[-1]", "[9999999]", "[2147483648]", "{\"a\":{\"b\":[{}]}}",
            "[{\"type\":\"message\",\"role\":\"user\",\"content\":\"a\"},{\"type\":\"reasoning\"},{\"type\":\"function_call\"}]",
            "[{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":[1]}]}]",
            "[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"tool_result\"}]",
            "{\"type\":\"enabled\",\"budget_tokens\":\"x\"}",
            "{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":7}}}", "{\"effort\":[]}",
            "{\"effort\":\"low\"}",
            "[{\"type\":\"function\",\"name\":\"f\"}]", "[{\"name\":\"f\",\"input_schema\":{}}]");

    private HostileBodies() {}

    /**
     * Sends bodies that begin well and go on with up to four of the fields.
     *
     * @param start a body that is served, without its closing brace
     */
    static void send(ServiceClient service, String path, String start, List<String> names, int count) {
        Random random = new Random(20261121);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder body = new StringBuilder(random.nextInt(4) == 0 ? "{\"x\":1" : start);
            List<String> fields = new ArrayList<>(names);
            for (int field = random.nextInt(4); field >= 0; field--) {
                String name = fields.remove(random.nextInt(fields.size()));
                if (body.indexOf("\"" + name + "\"") < 0) {
                    body.append(",\"").append(name).append("\":").append(VALUES.get(random.nextInt(VALUES.size())));
                }
            }
            ServiceClient.Answer answer = service.post(path, body + "}");
            assertThat(answer.status()).as(path + " " + body + " -> " + answer.body()).isIn(200, 400, 404);
            statuses.add(answer.status());
        }
        assertThat(statuses).contains(200, 400);
    }
}

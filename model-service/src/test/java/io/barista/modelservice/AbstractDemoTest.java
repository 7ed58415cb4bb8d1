package io.barista.modelservice;

import io.barista.modelservice.engine.ServedModel;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.test.context.TestPropertySource;

/** The whole service with the demo model on the CPU backend, as {@code barista up} configures it. */
@TestPropertySource(properties = {
    "barista.serve.model=${barista.root}/models/barista-demo",
    "barista.serve.served-model-name=barista-demo,org/alias",
    "barista.serve.engine-kwargs={\"dtype\":\"float32\",\"reasoning_parser\":\"qwen3\","
            + "\"tool_call_parser\":\"hermes\",\"enable_auto_tool_choice\":true,\"max_num_seqs\":32}"})
abstract class AbstractDemoTest extends AbstractServiceTest {

    ServedModel model;

    @BeforeEach
    void takeTheModel() {
        model = (ServedModel) hosted;
    }
}

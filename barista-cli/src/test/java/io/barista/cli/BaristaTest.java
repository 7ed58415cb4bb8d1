package io.barista.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaristaTest {

    @TempDir
    private Path folder;

    @Test
    void namesTheNearestOptionForAnUnknownOne() {
        CommandRun run = CommandRun.of(folder, "up", "--prot", "1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualToIgnoringNewLines(
                "barista up: unknown option --prot, did you mean --port? (barista up --help shows what there is)");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void namesTheNearestCommandForAnUnknownOne() {
        assertThat(CommandRun.of(folder, "sevre", "x").err())
                .startsWith("barista: unknown command sevre, did you mean serve?");
        assertThat(CommandRun.of(folder, "status", "x").err()).startsWith("barista status: unexpected argument x");
    }

    @ParameterizedTest
    @CsvSource({"--max-modle-len, --max-model-len", "--gpu-memory-utilisation, --gpu-memory-utilization",
        "--servedmodelname, --served-model-name"})
    void knowsTheFlagsOfVllmServe(String typed, String meant) {
        CommandRun run = CommandRun.of(folder, "serve", folder.toString(), typed, "1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("barista serve: unknown option " + typed + ", did you mean " + meant + "?");
    }

    @Test
    void takesUnderscoresInFlagsAsVllmDoes() {
        assertThat(Barista
                .dashed(new String[]{"serve", "a_b", "--max_model_len", "--served_model_name=a_b", "--", "--x_y"}))
                .containsExactly("serve", "a_b", "--max-model-len", "--served-model-name=a_b", "--", "--x_y");
    }

    @Test
    void refusesAWrongValueOfAnEngineFlagByTheFlagsName() {
        CommandRun run = CommandRun.of(folder, "generate", CommandRun.demo().toString(), "--prompt=x",
                "--block-size=7");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lastError()).startsWith("barista generate: --block-size: ");
    }

    @Test
    void refusesAFlagThatNeedsAbsentHardwareWithTheReason() {
        CommandRun run = CommandRun.of(folder, "generate", CommandRun.demo().toString(), "--prompt=x",
                "--tensor-parallel-size=2");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lastError()).startsWith("barista generate: --tensor-parallel-size: ");
    }

    @Test
    void showsHelpOnStandardOutput() {
        CommandRun run = CommandRun.of(folder, "serve", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("--max-model-len", "--[no-]enforce-eager", "--served-model-name")
                .doesNotContain("--tensor-parallel-size");
    }
}

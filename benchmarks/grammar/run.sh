#!/usr/bin/env bash
# What forms cost: compile times and times per token mask over the vocabulary of ../shared/goldens/tokenizers/qwen2, and on the demo model the
# throughput of 16 answers with and without a JSON schema, the time to the first token with a cached one, and how soon hostile forms are refused.
# Usage: benchmarks/grammar/run.sh OUT.json       (SECONDS_EACH=5 of texts for each grammar, ROUNDS=7 of throughput; five minutes, quiet machine)
set -euo pipefail

out=$(realpath -m "${1:?usage: run.sh OUT.json}")
root=$(cd "$(dirname "$0")/../.." && pwd -P)
here=$root/benchmarks/grammar
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$(dirname "$out")"
. "$root/benchmarks/java.sh"

if [ -z "${CLASSPATH_FILE:-}" ]; then
    CLASSPATH_FILE=$work/classpath
    echo "building" >&2
    "$root/mvnw" -q -f "$root/pom.xml" -pl inference-engine/engine-cpu -am -DskipTests -Dspotless.check.skip test-compile \
        dependency:build-classpath -Dmdep.outputFile=target/benchmark-classpath -Dmdep.includeScope=test >&2
    core=$root/inference-engine/engine-core/target
    cpu=$root/inference-engine/engine-cpu/target
    printf '%s:%s:%s:%s' "$cpu/classes" "$core/test-classes" "$(cat "$cpu/benchmark-classpath")" "$(cat "$core/benchmark-classpath")" \
        >"$CLASSPATH_FILE"
fi
measure() {
    "$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Dbarista.root="$root" -cp "$(cat "$CLASSPATH_FILE")" "$@" \
        2> >(grep -v -e incubator -e SLF4J >&2)
}

echo "masks" >&2
measure io.barista.engine.grammar.GrammarBenchmark "${SECONDS_EACH:-5}" >"$work/masks.json"
echo "decoding" >&2
measure "$here/StructuredDecoding.java" "$root/models/barista-demo" "${ROUNDS:-7}" | tail -n 1 >"$work/decoding.json"

{
    printf '{"date": "%s", "commit": "%s", "machine": "%s, %s processors", "command": "benchmarks/grammar/run.sh",\n' "$(date -u +%F)" \
        "$(git -C "$root" rev-parse --short HEAD)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
    printf '"masks": %s,\n"decoding": %s}\n' "$(cat "$work/masks.json")" "$(cat "$work/decoding.json")"
} >"$out"
cat "$out"

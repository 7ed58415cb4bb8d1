#!/usr/bin/env bash
# Compile time of ordinary grammars and time per token mask, over the vocabulary of ../shared/goldens/tokenizers/qwen2.
# Usage: benchmarks/grammar/run.sh [SECONDS] > result.json       (seconds of texts for each grammar)
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd -P)
cd "$root"
./mvnw -q -pl inference-engine/engine-core -am -Dspotless.check.skip -DskipTests test-compile >&2
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
./mvnw -q -pl inference-engine/engine-core dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.excludeArtifactIds=llm-config -Dmdep.outputFile="$classpath" >&2
core=inference-engine/engine-core/target
. benchmarks/java.sh
exec "$java" --enable-native-access=ALL-UNNAMED -Dbarista.root="$root" \
    -cp "$core/classes:$core/test-classes:llm-config/target/classes:$(cat "$classpath")" \
    io.barista.engine.grammar.GrammarBenchmark "${1:-5}"

#!/usr/bin/env bash
# What the engine itself costs a step, the device's time aside, as JSON.
# Usage: benchmarks/engine-overhead/run.sh [SEQUENCES] [STEPS] > result.json       (progress on standard error)
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd -P)
module=inference-engine/engine-core
class_path=$(mktemp)
trap 'rm -f "$class_path"' EXIT

cd "$root"
echo "Building" >&2
# the module comes last, so the file is its
./mvnw -q -pl $module -am -DskipTests test-compile dependency:build-classpath -Dmdep.outputFile="$class_path" \
    -Dmdep.includeScope=test >&2
. benchmarks/java.sh
exec "$java" -Dbarista.root="$root" --enable-native-access=ALL-UNNAMED \
    -cp "$module/target/test-classes:$module/target/classes:$(cat "$class_path")" \
    io.barista.engine.OverheadBenchmark "$@"

#!/usr/bin/env bash
# Barista's CPU backend, llama.cpp and Jlama on the same random weights of Qwen2.5-0.5B's shape, in one run on this machine.
# Usage: benchmarks/cpu/run.sh OUT.json       (THREADS=2, WORK=a folder for 2.5 GB of models; ten minutes on two quiet cores)
# Needs a JDK 25 and, for llama.cpp, Node.js with access to the npm registry; without it the peer is said to be absent, and Maven Central for Jlama.
set -euo pipefail

out=$(realpath -m "${1:?usage: run.sh OUT.json}")
root=$(cd "$(dirname "$0")/../.." && pwd -P)
here=$root/benchmarks/cpu
threads=${THREADS:-2}
limit=${LIMIT:-240} # seconds for each side
work=${WORK:-$root/benchmarks/cpu/target}
mkdir -p "$work" "$(dirname "$out")"
. "$root/benchmarks/java.sh"
pin=()
if command -v taskset >/dev/null; then
    pin=(taskset -c "0-$((threads - 1))")
fi

if [ -z "${CLASSPATH_FILE:-}" ]; then
    CLASSPATH_FILE=$work/classpath
    echo "building" >&2
    "$root/mvnw" -q -f "$root/pom.xml" -pl inference-engine/engine-cpu -am -DskipTests -Dspotless.check.skip compile \
        dependency:build-classpath -Dmdep.outputFile="$CLASSPATH_FILE" -Dmdep.includeScope=runtime >&2
    printf '%s:%s' "$root/inference-engine/engine-cpu/target/classes" "$(cat "$CLASSPATH_FILE")" >"$CLASSPATH_FILE"
fi
# Leaves its figures in WORK/NAME.json, or the reason why there are none in WORK/NAME.log.
measure() {
    name=$1
    shift
    echo "$name" >&2
    rm -f "$work/$name.json"
    if ! timeout "$limit" "${pin[@]}" "$@" >"$work/$name.out" 2>"$work/$name.log"; then
        echo "failed or took over $limit s: $(tail -n 1 "$work/$name.log")" >>"$work/$name.log"
        tail -n 1 "$work/$name.log" >&2
        return
    fi
    tail -n 1 "$work/$name.out" >"$work/$name.json"
}
run_java() {
    "$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp "$(cat "$CLASSPATH_FILE")" "$@" \
        2> >(grep -v incubator >&2)
}
java_command=("$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp "$(cat "$CLASSPATH_FILE")")

echo "writing models to $work" >&2
run_java "$here/GenerateModel.java" "$root/models/barista-demo" "$work"

export LLAMA_NODE_MODULES=${LLAMA_NODE_MODULES:-$work/node/node_modules}
if [ ! -d "$LLAMA_NODE_MODULES/node-llama-cpp" ] && command -v npm >/dev/null; then
    mkdir -p "$work/node"
    (cd "$work/node" && npm install --no-save --ignore-scripts --omit=optional node-llama-cpp@3.22.1 \
        @node-llama-cpp/linux-x64@3.22.1) >"$work/npm.log" 2>&1 || echo "npm install failed, see $work/npm.log" >&2
fi

measure floors "${java_command[@]}" "$here/MachineFloors.java" "$threads"
measure llama-bf16 node "$here/llama.mjs" "$work/bf16.gguf" "$threads" streams
measure bf16 "${java_command[@]}" "$here/CpuBenchmark.java" "$work/barista" bf16 "$threads"
jlama_classpath=$work/jlama-classpath
if "$root/mvnw" -q -f "$here/jlama-pom.xml" dependency:build-classpath -Dmdep.outputFile="$jlama_classpath" >"$work/jlama.log" 2>&1; then
    measure jlama "$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp "$(cat "$jlama_classpath")" \
        "$here/Jlama.java" "$work/barista" "$threads"
fi
measure llama-q8_0 node "$here/llama.mjs" "$work/q8_0.gguf" "$threads" streams
measure int8 "${java_command[@]}" "$here/CpuBenchmark.java" "$work/barista" int8 "$threads"

commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
run_java "$here/Report.java" "$work" "$out" "$commit" "$threads"

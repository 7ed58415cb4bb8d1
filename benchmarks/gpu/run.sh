#!/usr/bin/env bash
# Times models of public shapes on the GPU of this host. Usage: run.sh OUT.json [PART...]; from what pack.sh packed, or from a clone with Maven.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:?usage: run.sh OUT.json [ceilings|host|load|qwen|llama|mixture ...]}"); shift
if [[ ! -f $here/order ]]; then
  pack=${TMPDIR:-/tmp}/barista-gpu-benchmark
  "$here/pack.sh" "$pack"
  here=$pack
fi
exec "$here/java.sh" -Xmx16g -Dorg.slf4j.simpleLogger.log.io.barista.engine.output.RequestLog=warn io.barista.engine.cuda.GpuBenchmark "$out" "$(cat "$here/commit")" "$@"

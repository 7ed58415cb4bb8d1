#!/usr/bin/env bash
# What adapters cost: throughput with 1, 4, 16 and 64 of them in a batch beside the base model alone, time to the first token of one that
# is loaded and of one that is not, and what others notice of the loading. The demo model, through the gateway.
# Usage: benchmarks/lora/run.sh OUT.json [ROUNDS]       (progress on standard error)
set -euo pipefail

out=$(realpath -m "${1:?usage: benchmarks/lora/run.sh OUT.json [ROUNDS]}")
rounds=${2:-3}
root=$(cd "$(dirname "$0")/../.." && pwd -P)
barista=$root/barista
folder=$(mktemp -d)
port=18232
resident=64
cold=120

cleanup() {
    (cd "$folder" && "$barista" down) >&2 || true
    rm -rf "$folder"
}
trap cleanup EXIT

for number in $(seq -w 1 $resident); do cp -r "$root/models/adapters/pirate" "$folder/adapters-$number"; done
mkdir "$folder/adapters"
for number in $(seq 1 $resident); do
    mv "$folder/adapters-$(printf '%02d' "$number")" "$folder/adapters/resident-$number"
done
for number in $(seq 1 $cold); do cp -r "$root/models/adapters/pirate" "$folder/adapters/cold-$number"; done
cat >"$folder/llm.yaml" <<YAML
model_loading_config:
  model_id: barista-demo
  model_source: $root/models/barista-demo
lora_config:
  dynamic_lora_loading_path: $folder/adapters
  max_num_adapters_per_replica: $((resident + cold))
engine_kwargs:
  max_loras: $resident
  max_lora_rank: 8
  max_num_seqs: $resident
  enable_prefix_caching: false
YAML

cd "$folder"
BARISTA_CACHE=$folder/cache "$barista" up llm.yaml --detach --port $port >&2
. "$root/benchmarks/java.sh"
pid() {
    "$barista" status --json | tr '{' '\n' | sed -n "s/.*\"name\" *: *\"$1[-0-9]*\".*\"pid\" *: *\([0-9]*\).*/\1/p"
}
commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
"$java" "$root/benchmarks/lora/LoraBenchmark.java" "http://127.0.0.1:$port" "$rounds" "$resident" "$cold" \
    "$commit" "$cpu" "benchmarks/lora/run.sh OUT.json $rounds" \
    "model_service=$(pid model-service)" "lora_registry=$(pid lora-registry)" "api_gateway=$(pid api-gateway)" >"$out"
echo "$out" >&2

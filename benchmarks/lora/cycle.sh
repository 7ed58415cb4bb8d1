#!/usr/bin/env bash
# A thousand adapters over 16 slots, asked for in turns by 32 clients: whether every answer is its adapter's own, and whether what the
# processes and the registry's disk hold stays the same round after round. The demo model, through the gateway.
# Usage: benchmarks/lora/cycle.sh OUT.json [ADAPTERS [ROUNDS]]       (progress on standard error)
set -euo pipefail

out=$(realpath -m "${1:?usage: benchmarks/lora/cycle.sh OUT.json [ADAPTERS [ROUNDS]]}")
adapters=${2:-1000}
rounds=${3:-3}
root=$(cd "$(dirname "$0")/../.." && pwd -P)
barista=$root/barista
folder=$(mktemp -d)
port=18233

cleanup() {
    (cd "$folder" && "$barista" down) >&2 || true
    rm -rf "$folder"
}
trap cleanup EXIT

# Each of another strength, so that its log-probabilities are its own.
for number in $(seq 0 $((adapters - 1))); do
    kind=pirate
    ((number % 2)) && kind=haiku
    mkdir -p "$folder/adapters/a-$number"
    cp -l "$root/models/adapters/$kind/adapter_model.safetensors" "$folder/adapters/a-$number/" 2>/dev/null ||
        ln -s "$root/models/adapters/$kind/adapter_model.safetensors" "$folder/adapters/a-$number/"
    sed "s/\"lora_alpha\": *[0-9.]*/\"lora_alpha\": $(awk "BEGIN {print 4 + 32 * $number / $adapters}")/" \
        "$root/models/adapters/$kind/adapter_config.json" >"$folder/adapters/a-$number/adapter_config.json"
done
cat >"$folder/llm.yaml" <<YAML
model_loading_config:
  model_id: barista-demo
  model_source: $root/models/barista-demo
lora_config:
  dynamic_lora_loading_path: $folder/adapters
  max_num_adapters_per_replica: 32
engine_kwargs:
  dtype: float32
  max_loras: 16
  max_lora_rank: 8
  max_num_seqs: 32
YAML

cd "$folder"
# The registry's disk holds a quarter of the adapters.
BARISTA_CACHE=$folder/cache BARISTA_REGISTRY_MAX_ADAPTERS=$((adapters / 4)) "$barista" up llm.yaml --detach --port $port >&2
. "$root/benchmarks/java.sh"
pid() {
    "$barista" status --json | tr '{' '\n' | sed -n "s/.*\"name\" *: *\"$1[-0-9]*\".*\"pid\" *: *\([0-9]*\).*/\1/p"
}
commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
"$java" "$root/benchmarks/lora/AdapterCycle.java" "http://127.0.0.1:$port" "$adapters" "$rounds" "$folder/cache" \
    "$commit" "$cpu" "benchmarks/lora/cycle.sh OUT.json $adapters $rounds" \
    "model_service=$(pid model-service)" "lora_registry=$(pid lora-registry)" "api_gateway=$(pid api-gateway)" >"$out"
echo "$out" >&2

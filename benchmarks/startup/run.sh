#!/usr/bin/env bash
# How long the suite takes from the command to its ready line, without the build, and how much memory each service holds.
# Usage: benchmarks/startup/run.sh [RUNS] > result.json       (progress on standard error)
set -euo pipefail

runs=${1:-5}
root=$(cd "$(dirname "$0")/../.." && pwd -P)
barista=$root/barista
folder=$(mktemp -d)
port=18231

cleanup() {
    (cd "$folder" && "$barista" down) >&2 || true
    rm -rf "$folder"
}
trap cleanup EXIT

# Resident megabytes of each service, as JSON members: "api-gateway": 213.4, ...
resident() {
    "$barista" status --json | tr '{' '\n' | sed -n 's/.*"name":"\([^"]*\)".*"pid":\([0-9]*\),.*/\1 \2/p' |
        while read -r name pid; do
            awk -v name="$name" '/^VmRSS/ { printf "\"%s\": %.1f\n", name, $2 / 1024 }' "/proc/$pid/status"
        done | paste -sd, - | sed 's/,/, /g'
}

median() {
    printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

cd "$folder"
echo "Once without a clock: builds, and trains the start-up caches" >&2
"$barista" up --detach --port $port >/dev/null
"$barista" down >&2

seconds=()
for run in $(seq "$runs"); do
    start=$EPOCHREALTIME
    "$barista" up --detach --port $port >/dev/null 2>up.log || { cat up.log >&2; exit 1; }
    seconds+=("$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }')")
    echo "run $run: ${seconds[-1]} s" >&2
    if [ "$run" = "$runs" ]; then
        idle=$(resident)
        "$barista" bench --base-url "http://127.0.0.1:$port" --num-prompts 200 --concurrency 16 \
            --random-input-len 64 --random-output-len 32 >&2
        loaded=$(resident)
    fi
    "$barista" down >&2
done

cat <<JSON
{
  "date": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "commit": "$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)",
  "command": "benchmarks/startup/run.sh $runs",
  "cpu": "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)",
  "processors": $(nproc),
  "load_average_at_end": $(cut -d' ' -f1 /proc/loadavg),
  "start_to_ready_s": {"median": $(median "${seconds[@]}"), "runs": [$(printf '%s\n' "${seconds[@]}" | paste -sd, - | sed 's/,/, /g')]},
  "resident_mb_when_ready": {$idle},
  "resident_mb_after_200_requests": {$loaded}
}
JSON

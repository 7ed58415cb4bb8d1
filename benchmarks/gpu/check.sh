#!/usr/bin/env bash
# Runs the tests that need a GPU, from what pack.sh packed. Usage: check.sh [CLASS...], by default all of them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[[ -f $here/order ]] || { echo "check.sh: run benchmarks/gpu/pack.sh OUT_DIR first, then OUT_DIR/check.sh" >&2; exit 1; }
all=(CudaOpsGpuIT CudaAttentionGpuIT CudaQuantizedGpuIT CudaAdapterGpuIT CudaAdapterStepsGpuIT CudaFamilyGpuIT CudaFp8CacheGpuIT CudaGoldenGpuIT CudaAdapterGoldenGpuIT CudaEmbeddingGpuIT CudaInt8GpuIT CudaCompanyGpuIT CudaDemoModelGpuIT CudaMemoryGpuIT DeviceSamplerGpuIT CudaStepsGpuIT MatmulPlannerGpuIT NvmlSensorsGpuIT)
check() {
  selected=()
  for class in "$@"; do selected+=(--select-class "io.barista.engine.cuda.$class"); done
  "$here/java.sh" -Xmx4g org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=tree "${selected[@]}"
}
if [[ $# -gt 0 ]]; then
  check "$@"
else
  check "${all[@]}"
  check CudaFailureGpuIT # spoils the device for its process
fi

#!/usr/bin/env bash
# Compiles every kernel for every architecture Barista runs on, without a GPU. Usage: compile-all.sh [OUT] [ARCHITECTURES...]
# With OUT "-" nothing is kept. Fails on the first error or warning. JOBS compilers run at a time (2).
set -euo pipefail
cd "$(dirname "$0")"
out=${1:--}
shift || true
architectures=${*:-80 89 90a 100}
nvcc=${NVCC:-nvcc}
jobs=${JOBS:-2}
keep=$out
if [ "$out" = - ]; then
    keep=$(mktemp -d)
    trap 'rm -rf "$keep"' EXIT
fi
mkdir -p "$keep"

variants() { # per source: the macros that change its code
    case $1 in
        embed|rms_norm|gated_activation|gather_rows|elementwise|fill_random|lora_plain) printf '%s\n' '-DELEMENT=0' '-DELEMENT=1' '-DELEMENT=2' ;;
        latent_attention) printf '%s\n' '-DELEMENT=0 -DRANK=512 -DROPE_DIM=64' '-DELEMENT=1 -DRANK=512 -DROPE_DIM=64' ;;
        latent_tiles) printf '%s\n' '-DELEMENT=1 -DRANK=512 -DROPE_DIM=64 -DPLAIN_DIM=128 -DVALUE_DIM=128' '-DELEMENT=2 -DRANK=128 -DROPE_DIM=32 -DPLAIN_DIM=16 -DVALUE_DIM=32' ;;
        grouped_plain) printf '%s\n' '-DELEMENT=0 -DWEIGHT=0' '-DELEMENT=0 -DWEIGHT=4' '-DELEMENT=1 -DWEIGHT=9' ;;
        quantized_gemv|quantized_matmul) printf '%s\n' '-DELEMENT=1 -DWEIGHT=4 -DSPANS=2' '-DELEMENT=2 -DWEIGHT=4 -DSPANS=4' '-DELEMENT=2 -DWEIGHT=8 -DSPANS=2' '-DELEMENT=1 -DWEIGHT=9 -DSPANS=1' ;;
        embed_quantized|grouped_quantized|dequantize) printf '%s\n' '-DELEMENT=1 -DWEIGHT=4' '-DELEMENT=2 -DWEIGHT=8' '-DELEMENT=1 -DWEIGHT=9' ;;
        attention_plain|rope_and_cache) printf '%s\n' '-DELEMENT=0 -DHEAD_DIM=128' '-DELEMENT=1 -DHEAD_DIM=128' '-DELEMENT=2 -DHEAD_DIM=80 -DKV_FP8=1' ;;
        rope_whole_heads) printf '%s\n' '-DELEMENT=0 -DHEAD_DIM=64' '-DELEMENT=1 -DHEAD_DIM=128' '-DELEMENT=2 -DHEAD_DIM=256 -DKV_FP8=1' ;;
        attention_prefill_wgmma) printf '%s\n' '-DELEMENT=1 -DHEAD_DIM=128' '-DELEMENT=2 -DHEAD_DIM=64' ;; # sm_90a alone
        decode_step) printf '%s\n' '-DELEMENT=1 -DHEAD_DIM=128 -DROWS=1 -DSTAGES=5' '-DELEMENT=2 -DHEAD_DIM=64 -DROWS=8 -DSTAGES=4' '-DELEMENT=1 -DHEAD_DIM=80 -DROWS=2 -DSTAGES=4' ;;
        attention_*) printf '%s\n' '-DELEMENT=1 -DHEAD_DIM=128' '-DELEMENT=2 -DHEAD_DIM=256' '-DELEMENT=1 -DHEAD_DIM=64 -DKV_FP8=1' ;;
        argmax|sample_rows|adjust_logits|row_logprobs) printf "%s\n" "" ;;
        *) printf '%s\n' '-DELEMENT=1' '-DELEMENT=2' ;;
    esac
}

commands() {
    for source in *.cu; do
        name=${source%.cu}
        while read -r macros; do
            for architecture in $architectures; do
                [ "$name" != attention_prefill_wgmma ] || [ "$architecture" = 90a ] || continue
                object="$keep/$name$(tr -d ' ' <<<"$macros").sm_$architecture.cubin"
                printf '%s\0' "$nvcc -cubin -std=c++17 -Werror all-warnings -gencode arch=compute_$architecture,code=sm_$architecture $macros -o $object $source"
            done
        done < <(variants "$name")
    done
}
commands | nice xargs -0 -P "$jobs" -I{} bash -c '{} || { echo "failed: {}" >&2; exit 255; }'
echo "compiled $(find "$keep" -name '*.cubin' | wc -l) kernels for sm_${architectures// /, sm_}"

#!/usr/bin/env bash
# Builds the checks and every kernel they load. Usage: build.sh OUT [ARCHITECTURE=90a]; then OUT/check OUT, OUT/speed OUT and OUT/decode OUT on a
# host with a GPU.
set -euo pipefail
cd "$(dirname "$0")"
out=${1:?usage: build.sh OUT [ARCHITECTURE]}
architecture=${2:-90a}
nvcc=${NVCC:-nvcc}
mkdir -p "$out"
out=$(cd "$out" && pwd)
kernels=../../main/cuda

cubin() { # SOURCE MACROS...
    local source=$1
    shift
    local joined
    joined=$(printf '%s' "$@")
    local cubin=$out/$source$joined.cubin newest
    newest=$(ls -t $kernels/$source.cu $kernels/*.cuh "$cubin" 2>/dev/null | head -1 || true)
    [ "$newest" != "$cubin" ] || return 0
    printf '%s\0' "$nvcc -cubin -std=c++17 -gencode arch=compute_$architecture,code=sm_$architecture $* -o $cubin $kernels/$source.cu"
}
{
    for source in argmax sample_rows adjust_logits row_logprobs; do
        cubin $source
    done
    for element in 0 1 2; do
        for source in embed rms_norm gated_activation gather_rows fill_random; do
            cubin $source -DELEMENT=$element
        done
        cubin elementwise -DELEMENT=$element
        cubin lora_plain -DELEMENT=$element
        cubin latent_attention -DELEMENT=$element -DRANK=512 -DROPE_DIM=64
        if [ $element != 0 ]; then
            for source in gemv mixture_route grouped_matmul lora_shrink lora_shrink_prompts lora_expand_8 lora_expand_prompts; do
                cubin $source -DELEMENT=$element
            done
            cubin latent_tiles -DELEMENT=$element -DRANK=512 -DROPE_DIM=64 -DPLAIN_DIM=128 -DVALUE_DIM=128
            for weight in 4 8 9; do
                for spans in 1 2 4 8; do
                    [ $weight = 4 ] || [ $spans != 8 ] || continue
                    cubin quantized_gemv -DELEMENT=$element -DWEIGHT=$weight -DSPANS=$spans
                    [ $weight = 4 ] && [ $spans = 8 ] || [ $weight != 4 ] && [ $spans = 4 ] || cubin quantized_matmul -DELEMENT=$element -DWEIGHT=$weight -DSPANS=$spans
                done
                cubin grouped_quantized -DELEMENT=$element -DWEIGHT=$weight
            done
        fi
        cubin grouped_plain -DELEMENT=$element -DWEIGHT=0
        for weight in 4 8 9; do
            for source in grouped_plain embed_quantized dequantize; do
                cubin $source -DELEMENT=$element -DWEIGHT=$weight
            done
        done
        for head in 40 64 80 96 128 256; do
            for fp8 in 0 1; do
                for source in rope_and_cache rope_whole_heads attention_plain attention_decode attention_prefill; do
                    case $source$element$head$fp8 in
                        rope_whole_heads?40?|rope_whole_heads?80?|rope_whole_heads?96?) continue ;;
                        attention_decode0*|attention_prefill0*|attention_*401) continue ;;
                    esac
                    cubin $source -DELEMENT=$element -DHEAD_DIM=$head -DKV_FP8=$fp8
                done
            done
        done
    done
    if [ "$architecture" = 90a ]; then
        for element in 1 2; do
            for head in 64 128; do
                cubin attention_prefill_wgmma -DELEMENT=$element -DHEAD_DIM=$head -DKV_FP8=0
            done
        done
    fi
    for source in *.cpp; do
        object=$out/${source%.cpp}.o newest=$(ls -t "$source" ./*.hpp "$out/${source%.cpp}.o" 2>/dev/null | head -1 || true)
        [ "$newest" = "$object" ] || printf '%s\0' "$nvcc -c -O2 -std=c++20 -o $object $source"
    done
} | nice xargs -0 -P "${JOBS:-$(nproc)}" -I{} bash -c '{} || { echo "failed: {}" >&2; exit 255; }'
$nvcc -o "$out/check" "$out"/check*.o
$nvcc -o "$out/speed" "$out"/speed*.o -ldl
$nvcc -o "$out/decode" "$out/decode.o"
"$out/decode" --macros | sort -u | while read -r macros; do
    # shellcheck disable=SC2086 # a macro a word
    cubin decode_step $macros
done | nice xargs -r -0 -P "${JOBS:-$(nproc)}" -I{} bash -c '{} || { echo "failed: {}" >&2; exit 255; }'

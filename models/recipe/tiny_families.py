"""Makes the tiny random models of engine-testkit that no other golden covers, and what transformers computes for them.

    python tiny_families.py TOKENIZER_FOLDER OUT_FOLDER

TOKENIZER_FOLDER holds a tokenizer.json, tokenizer_config.json and generation_config.json whose ids fit 384 tokens (those of
qwen2-moe-shared-expert in engine-testkit's resources were used). Made with transformers 5.17.0 and torch 2.11.0. Weights are
stored in bfloat16; the reference widens them to float32 and computes each step anew, without a cache, on one CPU thread.
"""

import base64
import json
import os
import shutil
import sys

import torch
from transformers import AutoConfig, AutoModelForCausalLM

COMMON = dict(vocab_size=384, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
              num_key_value_heads=2, hidden_act="silu", max_position_embeddings=1024, rms_norm_eps=1e-6,
              rope_theta=10000.0, tie_word_embeddings=False, eos_token_id=383, torch_dtype="bfloat16",
              transformers_version="4.51.3")

DEEPSEEK_V2 = dict(COMMON, architectures=["DeepseekV2ForCausalLM"], model_type="deepseek_v2", num_hidden_layers=3,
                   num_key_value_heads=4, attention_bias=False, kv_lora_rank=32, qk_nope_head_dim=16,
                   qk_rope_head_dim=8, v_head_dim=12, moe_intermediate_size=24, n_shared_experts=2,
                   n_routed_experts=8, num_experts_per_tok=3, first_k_dense_replace=1, moe_layer_freq=1,
                   scoring_func="softmax", norm_topk_prob=False)

MODELS = {
    "llama-biases-yarn": (dict(
        COMMON, architectures=["LlamaForCausalLM"], model_type="llama", hidden_size=72, head_dim=20,
        num_attention_heads=6, num_key_value_heads=2, attention_bias=True, mlp_bias=True,
        max_position_embeddings=256,
        rope_scaling={"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}), [5, 33, 150]),
    "llama-dynamic": (dict(
        COMMON, architectures=["LlamaForCausalLM"], model_type="llama", attention_bias=False, mlp_bias=False,
        max_position_embeddings=128, rope_scaling={"type": "dynamic", "factor": 2.0}), [5, 33, 80]),
    "qwen3-moe": (dict(
        COMMON, architectures=["Qwen3MoeForCausalLM"], model_type="qwen3_moe", head_dim=32, num_hidden_layers=3,
        attention_bias=False, moe_intermediate_size=24, num_experts=8, num_experts_per_tok=3, norm_topk_prob=True,
        decoder_sparse_step=1, mlp_only_layers=[1], use_sliding_window=False, sliding_window=None,
        max_window_layers=28), [5, 33, 150]),
    "deepseek-v2-lite": (dict(
        DEEPSEEK_V2, q_lora_rank=None, topk_method="greedy", n_group=1, topk_group=1, routed_scaling_factor=1.0,
        max_position_embeddings=256,
        rope_scaling={"type": "yarn", "factor": 4, "original_max_position_embeddings": 64, "beta_fast": 32,
                      "beta_slow": 1, "mscale": 0.707, "mscale_all_dim": 0.707}), [5, 33, 150]),
    "deepseek-v2-groups": (dict(
        DEEPSEEK_V2, q_lora_rank=24, topk_method="group_limited_greedy", n_group=4, topk_group=2,
        routed_scaling_factor=2.5), [5, 33, 150]),
    "phi3-partial-rotary": (dict(
        COMMON, architectures=["Phi3ForCausalLM"], model_type="phi3", num_attention_heads=4, num_key_value_heads=1,
        hidden_size=64, partial_rotary_factor=0.75, tie_word_embeddings=True, sliding_window=40, pad_token_id=383,
        attention_bias=False, original_max_position_embeddings=1024, rope_scaling=None), [5, 33, 150]),
}


def floats(tensor):
    return base64.b64encode(tensor.detach().to(torch.float32).numpy().astype("<f4").tobytes()).decode()


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            parameter.data = 1 + 0.25 * noise
        elif name.endswith("bias"):
            parameter.data = 0.3 * noise
        elif "embed_tokens" in name:
            parameter.data = noise
        elif name.endswith("mlp.gate.weight"):
            parameter.data = 2 * noise / parameter.shape[-1] ** 0.5
        else:
            parameter.data = 1.3 * noise / parameter.shape[-1] ** 0.5
    for name, buffer in model.named_buffers():
        if "correction_bias" in name:
            buffer.data = 0.1 * torch.randn(buffer.shape, generator=generator)


@torch.no_grad()
def logits_of(model, ids):
    return model(torch.tensor([ids]), use_cache=False).logits[0].float()


def golden_prompt(reference, half, ids):
    logits = logits_of(reference, ids)
    last = logits[-1]
    logprobs = torch.log_softmax(last.double(), -1)
    low = logits_of(half, ids)[-1]
    low_logprobs = torch.log_softmax(low.double(), -1)
    positions = []
    for position in sorted({0, len(ids) // 4, len(ids) // 2, len(ids) - 2}):
        top = logits[position].topk(20)
        positions.append(dict(pos=position, ids=top.indices.tolist(), logits=top.values.tolist()))
    greedy = dict(ids=[], margin=[], second=[], logprob=[])
    tokens = list(ids)
    for _ in range(48):
        step = logits_of(reference, tokens)[-1]
        top = step.topk(2)
        greedy["ids"].append(top.indices[0].item())
        greedy["second"].append(top.indices[1].item())
        greedy["margin"].append((top.values[0] - top.values[1]).item())
        greedy["logprob"].append(torch.log_softmax(step.double(), -1)[top.indices[0]].item())
        tokens.append(top.indices[0].item())
    return dict(
        ids=ids, length=len(ids),
        last=dict(logits_b64=floats(last), logit_std=last.std().item(), argmax=last.argmax().item()),
        positions=positions, greedy=greedy,
        bf16_reference=dict(
            last_max_abs=(low - last).abs().max().item(),
            last_cosine=torch.cosine_similarity(low.double(), last.double(), dim=0).item(),
            last_kl=(logprobs.exp() * (logprobs - low_logprobs)).sum().item()))


def make(name, config, lengths, seed, tokenizer, out):
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=2)
    loaded = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(loaded, dtype=torch.float32, attn_implementation="eager")
    randomise(model, seed)
    model.to(torch.bfloat16).save_pretrained(folder)
    for extra in os.listdir(folder):
        if extra == "config.json":
            os.replace(os.path.join(folder, extra), os.path.join(folder, "config.alt.json"))
        elif not extra.endswith(".safetensors"):
            os.remove(os.path.join(folder, extra))
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(config, file, indent=2)
    for file in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(os.path.join(tokenizer, file), folder)
    reference, half = (AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager",
                                                            experts_implementation="eager").eval()
                       for dtype in (torch.float32, torch.bfloat16))
    generator = torch.Generator().manual_seed(seed + 1)
    prompts = [golden_prompt(reference, half, torch.randint(3, 383, (length,), generator=generator).tolist())
               for length in lengths]
    golden = dict(format="barista-golden/1", name=name, kind="causal-lm", architecture=config["architectures"][0],
                  weights_dtype="bfloat16", vocab_size=config["vocab_size"], seed=seed,
                  reference="float32 on CPU, eager attention, no KV cache", prompts=prompts)
    with open(os.path.join(folder, "golden.json"), "w") as file:
        json.dump(golden, file)
    print(name, [round(p["bf16_reference"]["last_cosine"], 5) for p in prompts],
          [round(min(p["greedy"]["margin"]), 4) for p in prompts],
          round(prompts[0]["last"]["logit_std"], 3))


if __name__ == "__main__":
    torch.set_num_threads(1)
    for index, (model, (settings, prompt_lengths)) in enumerate(MODELS.items()):
        make(model, settings, prompt_lengths, 7000 + index, sys.argv[1], sys.argv[2])

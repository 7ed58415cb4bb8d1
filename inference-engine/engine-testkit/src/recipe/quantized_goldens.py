"""Makes the tiny quantised models of the testkit and what transformers computes with their dequantised weights in float32.

    python3 quantized_goldens.py MODELS

MODELS is src/main/resources/io/barista/engine/testkit/models; llama-gptq-int4 in it lends its tokenizer. Needs torch, transformers
and safetensors; nothing of this runs in a build or a test. Quantised values are chosen at random: a golden is about reading them.
"""
import base64, json, shutil, sys
from pathlib import Path
import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

HIDDEN, INNER, HEADS, KV, LAYERS, VOCAB, GROUP = 128, 224, 4, 2, 2, 352, 32
PROJECTIONS = {"self_attn.q_proj": (HIDDEN, HIDDEN), "self_attn.k_proj": (64, HIDDEN), "self_attn.v_proj": (64, HIDDEN),
               "self_attn.o_proj": (HIDDEN, HIDDEN), "mlp.gate_proj": (INNER, HIDDEN), "mlp.up_proj": (INNER, HIDDEN),
               "mlp.down_proj": (HIDDEN, INNER)}
STACKS = {"k_proj": "q_proj", "v_proj": "q_proj", "up_proj": "gate_proj"}  # read with the other's order of inputs


def words(nibbles):
    """[..., 8] values of 4 bits to int32, value j in bits 4j."""
    shifted = (nibbles.to(torch.int64) << (4 * torch.arange(8))).sum(-1)
    return torch.where(shifted >= 1 << 31, shifted - (1 << 32), shifted).to(torch.int32)


def int4(rng, n, k, groups, asymmetric):
    q = torch.randint(0, 16, (n, k), generator=rng)
    zero = torch.randint(1, 15, (n, groups), generator=rng) if asymmetric else torch.full((n, groups), 8)
    scale = ((0.5 + torch.rand(n, groups, generator=rng)) * 0.25 / k ** 0.5).half()
    return q, zero, scale


def dequantised(q, zero, scale, group_of):
    return (q - zero[:, group_of]).float() * scale.float()[:, group_of]


def gptq(rng, name, n, k, orders):
    groups = -(-k // GROUP)
    q, zero, scale = int4(rng, n, k, groups, True)
    key = name
    for part, leader in STACKS.items():
        key = key.replace(part, leader)
    g_idx = orders.setdefault(key, (torch.arange(k) // GROUP)[torch.randperm(k, generator=rng)])
    return {"qweight": words(q.T.reshape(k // 8, 8, n).transpose(1, 2)).contiguous(),
            "qzeros": words((zero - 1).T.reshape(groups, n // 8, 8)).contiguous(),
            "scales": scale.T.contiguous(), "g_idx": g_idx.to(torch.int32)}, dequantised(q, zero, scale, g_idx)


def awq(rng, name, n, k, _):
    groups = -(-k // GROUP)
    q, zero, scale = int4(rng, n, k, groups, True)
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    return {"qweight": words(q.T.reshape(k, n // 8, 8)[:, :, order]).contiguous(),
            "qzeros": words(zero.T.reshape(groups, n // 8, 8)[:, :, order]).contiguous(),
            "scales": scale.T.contiguous()}, dequantised(q, zero, scale, torch.arange(k) // GROUP)


def packed(rng, name, n, k, _):
    groups = -(-k // GROUP)
    q, zero, scale = int4(rng, n, k, groups, False)
    return {"weight_packed": words(q.reshape(n, k // 8, 8)), "weight_scale": scale,
            "weight_shape": torch.tensor([n, k])}, dequantised(q, zero, scale, torch.arange(k) // GROUP)


def fp8(rng, name, n, k, _):
    w = (torch.randn(n, k, generator=rng) * 60).to(torch.float8_e4m3fn)
    scale = ((0.5 + torch.rand(n, 1, generator=rng)) / 60 / k ** 0.5).bfloat16()
    return {"weight": w, "weight_scale": scale}, w.float() * scale.float()


GROUPED = {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "int", "symmetric": True, "strategy": "group",
                                              "group_size": GROUP, "dynamic": False}, "input_activations": None}
CHANNEL = {"targets": ["re:.*proj$"], "weights": {"num_bits": 8, "type": "float", "symmetric": True,
                                                  "strategy": "channel", "dynamic": False},
           "input_activations": {"num_bits": 8, "type": "float", "strategy": "token", "dynamic": True}}
MODELS = {
    "llama-gptq-actorder": (gptq, {"quant_method": "gptq", "bits": 4, "group_size": GROUP, "desc_act": True,
                                   "sym": False, "checkpoint_format": "gptq"}),
    "llama-awq-int4": (awq, {"quant_method": "awq", "bits": 4, "group_size": GROUP, "zero_point": True,
                             "version": "gemm"}),
    "llama-compressed-int4": (packed, {"quant_method": "compressed-tensors", "format": "pack-quantized",
                                       "config_groups": {"group_0": GROUPED}, "ignore": ["lm_head"]}),
    "llama-compressed-fp8": (fp8, {"quant_method": "compressed-tensors", "format": "float-quantized",
                                   "config_groups": {"group_0": CHANNEL}, "ignore": ["lm_head"]}),
}


def b64(tensor):
    return base64.b64encode(tensor.float().numpy().tobytes()).decode()


def golden_prompt(model, rounded, ids, last_only=48):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
        greedy = {"ids": [], "margin": [], "second": [], "logprob": []}
        context = list(ids)
        for _ in range(last_only):
            step = model(torch.tensor([context])).logits[0, -1]
            top = step.topk(2)
            greedy["ids"].append(int(top.indices[0]))
            greedy["second"].append(int(top.indices[1]))
            greedy["margin"].append(float(top.values[0] - top.values[1]))
            greedy["logprob"].append(float(step.log_softmax(-1)[top.indices[0]]))
            context.append(int(top.indices[0]))
        low = rounded(torch.tensor([ids])).logits[0, -1].float()
    last = logits[-1]
    positions = []
    for pos in sorted({0, len(ids) // 4, len(ids) // 2, len(ids) - 2}):
        top = logits[pos].topk(20)
        positions.append({"pos": pos, "ids": top.indices.tolist(), "logits": [round(v, 6) for v in top.values.tolist()]})
    divergence = (last.softmax(-1) * (last.log_softmax(-1) - low.log_softmax(-1))).sum()
    return {"ids": ids, "length": len(ids), "last": {"logits_b64": b64(last), "logit_std": float(last.std())},
            "positions": positions, "greedy": greedy,
            "bf16_reference": {"last_cosine": float(torch.cosine_similarity(last, low, dim=0)),
                               "last_kl": float(divergence)}}


def make(folder, name, seed):
    quantise, method = MODELS[name]
    rng = torch.Generator().manual_seed(seed)
    tokens = json.loads((folder / "llama-gptq-int4" / "config.json").read_text())
    config = LlamaConfig(vocab_size=VOCAB, hidden_size=HIDDEN, intermediate_size=INNER, num_hidden_layers=LAYERS,
                         num_attention_heads=HEADS, num_key_value_heads=KV, max_position_embeddings=1024,
                         rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=False,
                         bos_token_id=tokens["bos_token_id"], eos_token_id=tokens["eos_token_id"],
                         attn_implementation="eager")
    model = LlamaForCausalLM(config).float().eval()
    stored, state = {}, {}
    for key, value in model.state_dict().items():
        projection = key.removesuffix(".weight")
        short = projection.split(".", 3)[-1]
        if short in PROJECTIONS:
            tensors, state[key] = quantise(rng, projection, *PROJECTIONS[short], orders.setdefault(name, {}))
            stored.update({f"{projection}.{suffix}": tensor for suffix, tensor in tensors.items()})
        else:
            spread = 1 + 0.2 * torch.randn(value.shape, generator=rng) if value.dim() == 1 else \
                torch.randn(value.shape, generator=rng) * (1.0 if "embed" in key else 0.25)
            stored[key] = spread.half()
            state[key] = stored[key].float()
    model.load_state_dict(state)
    rounded = LlamaForCausalLM(config).eval()
    rounded.load_state_dict(state)
    rounded = rounded.bfloat16()

    target = folder / name
    target.mkdir(exist_ok=True)
    for file in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(folder / "llama-gptq-int4" / file, target / file)
    for file in ("config.json", "config.alt.json"):
        style = json.loads((folder / "llama-gptq-int4" / file).read_text())
        style["quantization_config"] = method
        (target / file).write_text(json.dumps(style, indent=1) + "\n")
    save_file(stored, target / "model.safetensors", metadata={"format": "pt"})
    prompts = [golden_prompt(model, rounded, torch.randint(0, VOCAB, (length,), generator=rng).tolist())
               for length in (5, 33, 150)]
    golden = {"format": "barista-golden/1", "name": name, "kind": "causal-lm", "seed": seed,
              "quantization": {"method": method["quant_method"],
                               "reference": "weights dequantised to fp32, activations fp32"}, "prompts": prompts}
    (target / "golden.json").write_text(json.dumps(golden) + "\n")
    print(name, [round(p["bf16_reference"]["last_cosine"], 5) for p in prompts])


orders = {}
if __name__ == "__main__":
    for index, model_name in enumerate(MODELS):
        make(Path(sys.argv[1]), model_name, 4700 + index)

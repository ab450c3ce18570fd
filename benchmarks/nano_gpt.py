"""nanoGPT's setting for a CPU on Tiny Shakespeare, written anew in PyTorch from its description.

python benchmarks/nano_gpt.py                    # two to four minutes on two cores
python benchmarks/nano_gpt.py --steps 200

Four blocks of 128 channels and four heads behind learned positions, the embedding tied to the layer
over the 65 characters, no biases, no dropout; 2,000 steps of 12 windows of 64 characters by AdamW
(betas .9 and .99, weight decay .1 of matrices), the rate up to .001 in 100 steps and down a cosine
to a tenth, gradients clipped at 1. Trained on the first nine tenths; the score is nats a character
of the last tenth in windows of 64 side by side, so that a character has 31 before it in the mean.
"""

import argparse
import json
import math
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from keraseq.datasets import fetch_tiny_shakespeare

WINDOW, WIDTH, HEADS, LAYERS = 64, 128, 4, 4
BATCH, RATE, WARM_UP, CLIP, DECAY = 12, 1e-3, 100, 1.0, 0.1


class Block(nn.Module):
    """Causal attention and a wide layer, each behind a normalisation and around it a sum."""

    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH, bias=False) for _ in range(2))
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.wide = nn.Sequential(
            nn.Linear(WIDTH, 4 * WIDTH, bias=False),
            nn.GELU(),
            nn.Linear(4 * WIDTH, WIDTH, bias=False),
        )

    def forward(self, x):
        rows, time_, _ = x.shape
        q, k, v = (
            part.view(rows, time_, HEADS, -1).transpose(1, 2)
            for part in self.qkv(self.norms[0](x)).chunk(3, dim=-1)
        )
        read = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(read.transpose(1, 2).reshape(rows, time_, WIDTH))
        return x + self.wide(self.norms[1](x))


class NanoGPT(nn.Module):
    """Token ids ``(batch, time)`` in, logits of the next one out."""

    def __init__(self, vocabulary_size):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary_size, WIDTH)
        self.positions = nn.Embedding(WINDOW, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        for name, weight in self.named_parameters():
            if weight.dim() > 1:
                ends_a_branch = name.endswith(("out.weight", "wide.2.weight"))
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * LAYERS if ends_a_branch else 1))

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        return self.norm(self.blocks(x)) @ self.tokens.weight.T


def rate(step, steps):
    if step < WARM_UP:
        return RATE * (step + 1) / (WARM_UP + 1)
    done = (step - WARM_UP) / max(steps - WARM_UP, 1)
    return RATE * (0.1 + 0.9 * (1 + math.cos(math.pi * done)) / 2)


def loss_of(model, windows):
    logits = model(windows[:, :-1])
    return functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())


def train(ids, vocabulary_size, steps, seed):
    """Return the trained model; `ids` is one long array."""
    torch.manual_seed(seed)
    model = NanoGPT(vocabulary_size)
    decayed = [weight for weight in model.parameters() if weight.dim() > 1]
    others = [weight for weight in model.parameters() if weight.dim() == 1]
    groups = [{"params": decayed, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.99))
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps)
        begins = torch.randint(len(ids) - WINDOW, (BATCH,))
        optimizer.zero_grad(set_to_none=True)
        loss_of(model, ids[begins[:, None] + torch.arange(WINDOW + 1)]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
    return model


@torch.inference_mode()
def score(model, ids):
    """Nats a character in windows side by side."""
    n = (len(ids) - 1) // WINDOW
    windows = ids[torch.arange(n)[:, None] * WINDOW + torch.arange(WINDOW + 1)]
    parts = windows.split(256)
    return sum(len(part) * loss_of(model.eval(), part).item() for part in parts) / n


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--steps", type=int, default=2_000)
    made.add_argument("--seed", type=int, default=0)
    options = made.parse_args()
    text = fetch_tiny_shakespeare(subset="all").data
    n = len(fetch_tiny_shakespeare(subset="train").data)
    symbols, ids = np.unique([*text], return_inverse=True)
    ids = torch.from_numpy(ids)
    begin = time.perf_counter()
    model = train(ids[:n], len(symbols), options.steps, options.seed)
    seconds = time.perf_counter() - begin
    weights = sum(weight.numel() for weight in model.parameters())
    found = {"model": "nanoGPT, PyTorch", "weights": weights, "seconds": round(seconds, 1)}
    print(json.dumps(found | {"nats a character": round(score(model, ids[n:]), 4)}))


if __name__ == "__main__":
    main()

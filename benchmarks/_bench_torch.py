"""The models of `bench.py` in PyTorch, and one training step of them."""

import torch
from _bench_sizes import AVERAGE, CLIP, DECAY, HEADS, PROJECTION, RATE
from torch import nn


class Model(nn.Module):
    """Linear stem, body, mean and maximum over time, linear head."""

    def __init__(self, name="lstm", features=32, outputs=2, units=128):
        super().__init__()
        self.stem = nn.Linear(features, PROJECTION)
        self.body = _Attention(units) if name == "transformer" else _recurrent(name, units)
        width = 2 * units if name == "bilstm" else units
        self.head = nn.Linear(2 * width, outputs)

    def forward(self, x):
        x = self.body(self.stem(x))
        x = x if isinstance(x, torch.Tensor) else x[0]
        return self.head(torch.cat([x.mean(1), x.amax(1)], 1))


def _recurrent(name, units):
    kind = {"simple_rnn": nn.RNN, "gru": nn.GRU}.get(name, nn.LSTM)
    return kind(PROJECTION, units, batch_first=True, bidirectional=name == "bilstm")


class _Attention(nn.Module):
    def __init__(self, units):
        super().__init__()
        self.widen = nn.Identity() if units == PROJECTION else nn.Linear(PROJECTION, units)
        self.block = nn.TransformerEncoderLayer(
            *(units, HEADS, 4 * units),
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.norm = nn.LayerNorm(units)

    def forward(self, x):
        return self.norm(self.block(self.widen(x)))


class Trainer:
    """AdamW, the gradient's norm clipped and the weights averaged, as keraseq trains."""

    def __init__(self, model):
        self.model, self.loss = model.train(), nn.CrossEntropyLoss()
        self.weights = list(model.parameters())
        self.optimizer = torch.optim.AdamW(self.weights, lr=RATE, weight_decay=DECAY)
        self.average = [weight.detach().clone() for weight in self.weights]

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, CLIP)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.weights, 1 - AVERAGE)
        return loss

    def epoch(self, x, y, batch_size):
        for index in torch.randperm(len(x)).split(batch_size):
            self.step(x[index], y[index])


@torch.inference_mode()
def predict(model, x, batch_size):
    """The model's output, a batch after the other; PyTorch takes all cores for each."""
    return torch.cat([model(part) for part in x.split(batch_size)])

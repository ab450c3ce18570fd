"""The models of `bench.py` in PyTorch, and one training step of them."""

import numpy as np
import torch
from _bench_sizes import AVERAGE, CLIP, DECAY, FCN, HEADS, PROJECTION, RATE
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


class TextModel(nn.Module):
    """Embedding, body, maximum over the real steps (id 0 is padding), linear head."""

    def __init__(self, name="bilstm", n_tokens=20_000, outputs=2, units=64, dropout=0.0):
        super().__init__()
        embed = nn.Embedding(n_tokens, PROJECTION, padding_idx=0)
        self.embed = nn.Sequential(embed, nn.Dropout(dropout))
        self.body = _Attention(units) if name == "transformer" else _recurrent(name, units)
        self.head = nn.Linear(2 * units if name == "bilstm" else units, outputs)

    def forward(self, ids):
        x = self.body(self.embed(ids))
        x = x if isinstance(x, torch.Tensor) else x[0]
        return self.head(x.masked_fill((ids == 0)[..., None], -1e4).amax(1))


class FCN1D(nn.Module):
    """Linear stem, the three convolutions of Wang et al. (2017), mean over time, linear head."""

    def __init__(self, features=1, outputs=2):
        super().__init__()
        self.stem, width, layers = nn.Linear(features, PROJECTION), PROJECTION, []
        for filters, kernel in FCN:
            layers += [
                nn.Conv1d(width, filters, kernel, padding="same", bias=False),
                nn.BatchNorm1d(filters),
                nn.ReLU(),
            ]
            width = filters
        self.body, self.head = nn.Sequential(*layers), nn.Linear(width, outputs)

    def forward(self, x):
        return self.head(self.body(self.stem(x).transpose(1, 2)).mean(2))


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


@torch.inference_mode()
def answers(model, rows, batch_size=256):
    """The class of each row; lists of ids go by length."""
    is_list = isinstance(rows, list)
    order = np.argsort([len(row) for row in rows]) if is_list else np.arange(len(rows))
    found, was_training = np.empty(len(rows), int), model.training
    model.eval()
    for start in range(0, len(rows), batch_size):
        index = order[start : start + batch_size]
        part = [torch.as_tensor(np.asarray(rows[i])) for i in index]
        x = nn.utils.rnn.pad_sequence(part, batch_first=True)
        found[index] = model(x.long() if is_list else x).argmax(1).numpy()
    model.train(was_training)
    return found

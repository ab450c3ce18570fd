"""How fast a GRU(256) writes characters, beside PyTorch's step by step, in turns."""

import time

import torch
from torch import nn

import keraseq

UNITS, WIDTH, LENGTHS, COMPARED = 256, 64, (100, 500, 1_000, 2_000), 1_000


class TorchWriter:
    """The same network, a character a call: a cell, or a recurrent layer that is given one step."""

    def __init__(self, vocabulary_size, kind):
        self._embed = nn.Embedding(vocabulary_size, WIDTH)
        self._kind = kind
        one = nn.GRUCell(WIDTH, UNITS)
        self._step = one if kind == "cell" else nn.GRU(WIDTH, UNITS, batch_first=True)
        self._head = nn.Linear(UNITS, vocabulary_size)

    @torch.no_grad()
    def generate(self, length):
        ids, state = torch.zeros(1, dtype=torch.long), None
        written = []
        for _ in range(length):
            x = self._embed(ids)
            if self._kind == "cell":
                state = out = self._step(x, state)
            else:
                out, state = self._step(x[:, None], state)
                out = out[:, 0]
            ids = torch.multinomial(self._head(out).softmax(-1), 1)[:, 0]
            written.append(int(ids))
        return written


def measure(text, repeats, seed):
    """Return rows of milliseconds a character and, where all write, the ratio to the faster peer.

    Parameters
    ----------
    text : str
        To learn from, for one epoch: what is written does not change the time.
    repeats : int
        Turns, of which each writer's fastest counts.
    seed : int
    """
    ours = keraseq.SequenceGenerator("gru", units=UNITS, epochs=1, random_state=seed).fit(text)
    size = len(ours.vocabulary_)
    torch.manual_seed(seed)
    # PyTorch's threads take longer to wake than a step of one text takes.
    torch.set_num_threads(1)
    cell, layer = (TorchWriter(size, kind).generate for kind in ("cell", "layer"))

    def keraseq_writes(length):
        assert len(ours.generate(length=length, random_state=seed)) == length

    tasks = {("keraseq", length): keraseq_writes for length in LENGTHS}
    tasks[("torch.nn.GRUCell", COMPARED)] = cell
    tasks[("torch.nn.GRU", COMPARED)] = layer
    for (_, length), write in tasks.items():
        write(length)
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(repeats):
        for (name, length), write in tasks.items():
            begin = time.perf_counter()
            write(length)
            best[name, length] = min(best[name, length], time.perf_counter() - begin)
    peer = min(seconds for (name, _), seconds in best.items() if name != "keraseq")
    return [
        {
            "writer": name,
            "characters": length,
            "ms a character": 1e3 * seconds / length,
            "characters a second": round(length / seconds),
            "ratio": seconds / peer if length == COMPARED else None,
        }
        for (name, length), seconds in best.items()
    ]

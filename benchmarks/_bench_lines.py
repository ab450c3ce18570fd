"""The short lines of `bench.py`; each function yields its works."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from _bench_keras import make as keras_model
from _bench_work import Work

import keraseq
from keraseq.training.pool import POOL

SEQUENCES = ("lstm", "gru", "bilstm", "transformer")
STEP_MODELS = ("simple_rnn", *SEQUENCES)
_ROW_TARGETS = {"lstm": 1.5, "gru": 1.5, "bilstm": 2.5, "transformer": 2.5}
# One after the other, as those who ask have several.
_ROWS_IN_A_ROW = 10
_N_STEPS = 15


def data(rows, steps, features):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(rows, steps, features)).astype("float32")
    return x, draw.integers(0, 2, rows)


def estimator(name, units, **settings):
    shared = {"early_stopping": False, "random_state": 0, **settings}
    return keraseq.SequenceClassifier(name, units=units, **shared)


def fits():
    """A fit in a process that has fitted nothing alike, and the next one."""
    x, y = data(200, 30, 8)

    def first(**settings):
        POOL._idle.clear()
        estimator("lstm", **{"units": 32, "epochs": 5, **settings}).fit(x, y)

    def second():
        estimator("lstm", 32, epochs=5).fit(x, y)

    def plain():
        keras_model("lstm", 8, 2, 32).fit(x, y, batch_size=32, epochs=5, verbose=0)

    what = "fit, lstm(32), 200 × 30 × 8, 5 epochs"
    budget = functools.partial(first, units="auto", parameter_budget=8_000)
    yield Work(f"first {what}", lambda: {"keraseq": first, "Keras": plain}, ratio=0.8)
    yield Work(f"second {what}", lambda: {"keraseq": second, "Keras": plain}, ratio=0.1)
    yield Work(
        f"first {what}, with a budget of weights, beside one without",
        lambda: {"keraseq": budget, "without": first},
        above=300,
    )


def one_row():
    """One row; keraseq's compiled call without reading X stands beside, without checks."""
    for name in SEQUENCES:
        yield Work(
            f"one row of 100 × 8 numbers, {name}(64)",
            functools.partial(_one_row_of_numbers, name),
            most=_ROW_TARGETS[name],
            calls=_ROWS_IN_A_ROW,
        )
    for name in SEQUENCES:
        yield Work(
            f"one row of 100 tokens of 20,000, {name}(64)",
            functools.partial(_one_row_of_tokens, name),
            most=_ROW_TARGETS[name],
            calls=_ROWS_IN_A_ROW,
        )


def _one_row_of_numbers(name):
    import torch
    from _bench_torch import Model, predict

    x, y = data(64, 100, 8)
    made = estimator(name, 64, epochs=1).fit(x, y)
    plain, bare = keras_model(name, 8, 2, 64), Model(name, 8, 2, 64).eval()
    tensor = torch.tensor(x[:1])
    return {
        **_ours(made, x[:1], x[:1]),
        "Keras": lambda: plain.predict(x[:1], verbose=0),
        "PyTorch": lambda: predict(bare, tensor, 1),
    }


def _one_row_of_tokens(name):
    import torch
    from _bench_keras import make_text
    from _bench_torch import TextModel, predict

    n_tokens = 20_000
    x = np.random.default_rng(0).integers(4, n_tokens, (64, 100)).astype("int32")
    x[0, 0] = n_tokens - 1
    y = np.arange(64) % 2
    plain_stem = {"embedding_dropout": 0, "token_dropout": 0, "ngrams": 0}
    made = estimator(name, 64, epochs=1, input="tokens", model_params=plain_stem).fit(x, y)
    plain, bare = make_text(name, n_tokens, 2, 64), TextModel(name, n_tokens, 2, 64).eval()
    tensor = torch.tensor(x[:1])
    return {
        **_ours(made, x[:1], x[:1]),
        "Keras": lambda: plain.predict(x[:1], verbose=0),
        "PyTorch": lambda: predict(bare, tensor, 1),
    }


def _ours(made, row, encoded):
    """`predict`, and the compiled answer to what the encoder gives."""
    from keraseq.training.compiled_answers import Requests

    alone = Requests(takes_padding=True)
    for _ in range(30):
        made.predict(row)
        alone.answer(made.model_, encoded)
    return {
        "keraseq": lambda: made.predict(row),
        "keraseq, call alone": lambda: alone.answer(made.model_, encoded),
    }


def many_rows():
    """A prediction in bulk."""
    for name in SEQUENCES:
        make = functools.partial(_many_rows, name)
        yield Work(f"1,920 rows × 100 × 32, {name}(128)", make, ratio=1)


def _many_rows(name):
    import torch
    from _bench_torch import Model, predict

    x, y = data(1920, 100, 32)
    tensor = torch.tensor(x)
    made = estimator(name, 128, epochs=1).fit(x[:64], y[:64])
    plain, bare = keras_model(name, 32, 2, 128), Model(name, 32, 2, 128).eval()
    return {
        "keraseq": lambda: made.predict(x),
        "Keras": lambda: plain.predict(x, batch_size=256, verbose=0),
        "PyTorch": lambda: predict(bare, tensor, 256),
    }


def steps():
    """Fits of 15 steps of 64 rows, the third and later fits of their models."""
    for name in STEP_MODELS:
        yield Work(
            f"{_N_STEPS} steps of 64 × 100 × 32, averaging, {name}(128)",
            functools.partial(_steps, name),
            ratio=1,
        )


def _steps(name):
    import torch
    from _bench_skorch import net
    from _bench_torch import Model, Trainer

    x, y = data(64 * _N_STEPS, 100, 32)
    tensors = torch.tensor(x), torch.tensor(y)
    # A validation part makes keraseq average the weights: two rows, judged once.
    judged = x[:2], y[:2]
    made = estimator(name, 128, epochs=1, batch_size=64)
    plain, trainer = keras_model(name, 32, 2, 128), Trainer(Model(name, 32, 2, 128))
    skorch = net(Model, averages=True, module__name=name, max_epochs=1).initialize()
    return {
        "keraseq": lambda: made.fit(x, y, validation_data=judged),
        "Keras": lambda: plain.fit(x, y, batch_size=64, validation_data=judged, verbose=0),
        "PyTorch": lambda: trainer.epoch(*tensors, 64),
        "skorch": lambda: skorch.partial_fit(x, y),
    }


def choices():
    """What "auto" chooses for a fit, beside both values of `jit_compile`."""
    for name in ("simple_rnn", "gru"):
        yield Work(
            f'{_N_STEPS} steps of 64 × 100 × 32, {name}(128), jit_compile="auto"',
            functools.partial(_choices, name),
            ratio=1.05,
        )


def _choices(name):
    x, y = data(64 * _N_STEPS, 100, 32)
    shared = {"epochs": 1, "batch_size": 64}
    fits = {
        choice: functools.partial(estimator(name, 128, jit_compile=choice, **shared).fit, x, y)
        for choice in ("auto", False, True)
    }
    return {"keraseq": fits["auto"], "jit off": fits[False], "jit on": fits[True]}


def imports():
    """A fresh interpreter."""

    def run(code):
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    refuse = (
        "from keraseq import SequenceClassifier\n"
        "try:\n    SequenceClassifier('gru').fit([[1, 2]], [0, 1])\n"
        "except ValueError:\n    pass\nelse:\n    raise SystemExit('not refused')"
    )
    for name, code, peer, target in (
        ("import keraseq, beside a bare Python", "import keraseq", ("Python", "pass"), 100),
        (
            "from keraseq import SequenceClassifier, beside Keras",
            "from keraseq import SequenceClassifier",
            ("Keras", "import keras"),
            None,
        ),
        ("refusal of X and y of unequal lengths", refuse, ("Keras", "import keras"), None),
    ):
        contenders = {"keraseq": run(code), peer[0]: run(peer[1])}
        yield Work(name, lambda contenders=contenders: contenders, above=target)


# A process begins with its parent's peak: it is put back first.
_PEAK = Path("/proc/self/clear_refs")
_MEMORY = """
import json, re, sys
from pathlib import Path
import numpy as np, keraseq
from keraseq.encoding import TextEncoder

def megabytes(name):
    found = re.search(name + r":\\s*(\\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024

texts = keraseq.datasets.fetch_imdb(return_X_y=True)[0]
TextEncoder().fit_transform(texts[:100])
Path("/proc/self/clear_refs").write_text("5")
before = megabytes("VmRSS")
ids = TextEncoder().fit_transform(texts)
rise = megabytes("VmHWM") - before
print(json.dumps([rise, sum(map(sys.getsizeof, texts)) / 2**20]))
"""


def encoding():
    """Vocabulary and ids of 25,000 reviews, beside scikit-learn's counts of words."""
    if not has_data():
        return
    yield Work("vocabulary and ids of 25,000 reviews", _encoding, ratio=0.45)
    if not _PEAK.exists():
        print(f"left out: memory of the encoding, which {_PEAK} is needed for")
        return
    yield Work(
        "memory of that above its texts, beside theirs",
        _memory_of_encoding,
        ratio=2,
        unit="MB",
        own_clock=True,
    )


def _encoding():
    from sklearn.feature_extraction.text import CountVectorizer

    from keraseq.encoding import TextEncoder

    texts = keraseq.datasets.fetch_imdb(return_X_y=True)[0]
    return {
        "keraseq": lambda: TextEncoder().fit_transform(texts),
        "scikit-learn": lambda: CountVectorizer(max_features=20_000).fit_transform(texts),
    }


def _memory_of_encoding():
    printed = subprocess.run(
        [sys.executable, "-c", _MEMORY], check=True, capture_output=True, text=True
    ).stdout
    rise, size = json.loads(printed.splitlines()[-1])
    return {"keraseq": lambda: [rise], "texts": lambda: [size]}


def has_data():
    if not os.environ.get("KERASEQ_DATA"):
        print("left out: KERASEQ_DATA names no folder with the data sets")
        return False
    return True


LINES = {
    "fit": fits,
    "row": one_row,
    "rows": many_rows,
    "step": steps,
    "jit": choices,
    "import": imports,
    "encoding": encoding,
}

"""The lines of `bench.py`: what is done, by whom, and what keraseq aims at.

Each function yields (work, {contender: call}, target) for the models asked for.
"""

import gc
import os
import subprocess
import sys

import numpy as np
from _bench_keras import make as keras_model
from _bench_sizes import CLIP, DECAY, RATE

import keraseq
from keraseq.training.pool import POOL

_ROW_TARGETS = {"lstm": "1.5 ms", "gru": "1.5 ms", "bilstm": "2.5 ms", "transformer": "2.5 ms"}
SEQUENCES = ("lstm", "gru", "bilstm", "transformer")
STEP_MODELS = ("simple_rnn", *SEQUENCES)


def _chosen(models, of):
    return [name for name in of if models is None or name in models]


def _data(rows, steps, features):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(rows, steps, features)).astype("float32")
    return x, draw.integers(0, 2, rows)


def _estimator(name, units, **settings):
    shared = {"early_stopping": False, "random_state": 0, **settings}
    return keraseq.SequenceClassifier(name, units=units, **shared)


def fits(models):
    """A fit in a process that has fitted nothing alike, and the next one."""
    x, y = _data(200, 30, 8)
    for name in _chosen(models, ("lstm",)):

        def first(name=name):
            POOL._idle.clear()
            _estimator(name, 32, epochs=5).fit(x, y)

        def second(name=name):
            _estimator(name, 32, epochs=5).fit(x, y)

        def plain(name=name):
            keras_model(name, 8, 2, 32).fit(x, y, batch_size=32, epochs=5, verbose=0)

        yield f"first fit, {name}(32), 200 × 30 × 8, 5 epochs", _pair(first, plain), "0.8"
        yield f"second fit, {name}(32), 200 × 30 × 8, 5 epochs", _pair(second, plain), "0.1"


def _pair(ours, plain):
    return {"keraseq": ours, "Keras": plain}


def one_row(models):
    """One row of numbers, 100 steps; PyTorch and keraseq's compiled call alone stand beside it."""
    import torch
    from _bench_torch import Model

    x, y = _data(64, 100, 8)
    for name in _chosen(models, SEQUENCES):
        estimator = _estimator(name, 64, epochs=1).fit(x, y)
        plain, bare = keras_model(name, 8, 2, 64), Model(name, 8, 2, 64).eval()
        row, tensor = x[:1], torch.tensor(x[:1])
        for _ in range(30):
            estimator.predict(row)
        contenders = {
            "keraseq": lambda e=estimator, r=row: e.predict(r),
            "Keras": lambda m=plain, r=row: m.predict(r, verbose=0),
            "PyTorch": lambda m=bare, t=tensor: _inferred(m, t),
        }
        yield f"one row × 100 × 8, {name}(64)", contenders, _ROW_TARGETS[name]


def _inferred(model, x):
    import torch

    with torch.inference_mode():
        return model(x).numpy()


def many_rows(models):
    """A prediction in bulk."""
    import torch
    from _bench_torch import Model, predict

    x, y = _data(1920, 100, 32)
    tensor = torch.tensor(x)
    for name in _chosen(models, SEQUENCES):
        estimator = _estimator(name, 128, epochs=1).fit(x[:64], y[:64])
        plain, bare = keras_model(name, 32, 2, 128), Model(name, 32, 2, 128).eval()
        contenders = {
            "keraseq": lambda e=estimator: e.predict(x),
            "Keras": lambda m=plain: m.predict(x, batch_size=256, verbose=0),
            "PyTorch": lambda m=bare: predict(m, tensor, 256),
        }
        yield f"1,920 rows × 100 × 32, {name}(128)", contenders, "1"


def steps(models):
    """Fits of 15 steps of 64 rows, the third and later fits of their models."""
    import torch
    from _bench_torch import Model, Trainer

    n_steps = 15
    x, y = _data(64 * n_steps, 100, 32)
    tensors = torch.tensor(x), torch.tensor(y)
    for name in _chosen(models, STEP_MODELS):
        # A validation part makes keraseq average the weights: two rows, judged once.
        estimator = _estimator(name, 128, epochs=1, batch_size=64)
        plain, trainer = keras_model(name, 32, 2, 128), Trainer(Model(name, 32, 2, 128))
        contenders = {
            "keraseq": lambda e=estimator: e.fit(x, y, validation_data=(x[:2], y[:2])),
            "Keras": lambda m=plain: m.fit(
                x, y, batch_size=64, validation_data=(x[:2], y[:2]), verbose=0
            ),
            "PyTorch": lambda t=trainer: t.epoch(*tensors, 64),
            "skorch": _skorch_epoch(name, x, y),
        }
        yield f"{n_steps} steps of 64 × 100 × 32, {name}(128)", contenders, "1"


def _skorch_epoch(name, x, y):
    """skorch clips by a callback; it averages nothing."""
    import torch
    from _bench_torch import Model
    from skorch import NeuralNetClassifier
    from skorch.callbacks import GradientNormClipping

    net = NeuralNetClassifier(
        Model,
        module__name=name,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=DECAY,
        lr=RATE,
        batch_size=64,
        max_epochs=1,
        train_split=None,
        iterator_train__shuffle=True,
        callbacks=[GradientNormClipping(CLIP)],
        verbose=0,
    ).initialize()
    return lambda: net.partial_fit(x, y)


def imports(models):
    """A fresh interpreter."""

    def run(code):
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    yield (
        "import keraseq, beside a bare Python",
        {"keraseq": run("import keraseq"), "Python": run("pass")},
        "0.1 s more",
    )
    yield (
        "from keraseq import SequenceClassifier, beside Keras",
        {
            "keraseq": run("from keraseq import SequenceClassifier"),
            "Keras": run("import keras"),
        },
        None,
    )


def encoding(models):
    """Vocabulary and ids of 25,000 reviews, beside scikit-learn's counts of words."""
    reviews = _reviews()
    if reviews is None:
        return
    from sklearn.feature_extraction.text import CountVectorizer

    from keraseq.encoding import TextEncoder

    texts = reviews.data
    gc.collect()
    yield (
        "vocabulary and ids of 25,000 reviews",
        {
            "keraseq": lambda: TextEncoder().fit_transform(texts),
            "scikit-learn": lambda: CountVectorizer(max_features=20_000).fit_transform(texts),
        },
        "0.45",
    )


def _reviews():
    if not os.environ.get("KERASEQ_DATA"):
        print("left out: KERASEQ_DATA names no folder with IMDB's reviews")
        return None
    return keraseq.datasets.fetch_imdb()


LINES = {
    "fit": fits,
    "row": one_row,
    "rows": many_rows,
    "step": steps,
    "import": imports,
    "encoding": encoding,
}

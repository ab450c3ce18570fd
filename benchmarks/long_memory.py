"""Which architectures learn to remember for hundreds of steps: adding at 600, copying at lag 500.

    python benchmarks/long_memory.py --task adding --models min_gru min_lstm tcn --write
    python benchmarks/long_memory.py --task copy --models tcn --batch-size 16 --write
    KERAS_BACKEND=jax python benchmarks/long_memory.py --task copy --steps 30000

Solved means, of 1,000 sequences that nothing was chosen on: adding, a mean squared error under .01
(always predicting 1 has 1/6, and a model that knows one number of the two 1/12); copy, over 99 % of
the ten symbols right (guessing one of eight has 12.5 %). Adding reads the last step, or both ends
where an architecture is not causal: a maximum or a mean over the steps would solve it without any
memory. Each step trains on sequences drawn anew; every 100 steps 500 others say whether to stop.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As `import keraseq` does where it is the first.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
import numpy as np

import keraseq
from keraseq.datasets import make_adding, make_copy

CHECK_EVERY = 100
N_SYMBOLS, N_COPIED = 8, 10
# What a user can pass: sizes, the architecture's own parameters, and the rate.
SETTINGS = {
    "adding": {
        "tcn": {"units": 24, "num_layers": 8, "kernel_size": 5, "rate": 0.002},
        "lru": {"units": 32, "r_min": 0.9, "r_max": 0.999, "max_phase": 0.1, "rate": 0.002},
        "gru": {"units": 64, "rate": 0.005},
        "lstm": {"units": 64, "t_max": 600, "rate": 0.005},
        "min_gru": {"units": 64, "t_max": 600, "rate": 0.005},
        "min_lstm": {"units": 64, "t_max": 600, "rate": 0.005},
        "indrnn": {"units": 64, "rate": 0.001},
    },
    "copy": {
        "tcn": {"units": 32, "num_layers": 8, "rate": 0.002},
        "lru": {"units": 64, "r_min": 0.99, "r_max": 0.9999, "rate": 0.002},
    },
}


class Adding:
    """The sum of two marked numbers of 600."""

    length = 600

    def build(self, name, seed, sizes):
        pooling = "last" if keraseq.model_info(name)["causal"] else "ends"
        return keraseq.build(
            name, (self.length, 2), 1, task="regression", pooling=pooling, seed=seed, **sizes
        )

    def rows(self, n, draw):
        X, y = make_adding(n, self.length, return_X_y=True, random_state=draw)
        return X, y[:, None]

    def score(self, outputs, targets):
        return "mse", float(np.mean((outputs - targets) ** 2))

    def is_solved(self, score):
        return score < 0.01


class Copy:
    """Ten symbols of eight kinds, said again 500 steps later."""

    lag = 500

    def build(self, name, seed, sizes):
        vocabulary = N_SYMBOLS + 3
        return keraseq.build(
            name,
            (self.lag + 2 * N_COPIED,),
            vocabulary,
            task="tagging",
            vocabulary_size=vocabulary,
            # A hidden symbol cannot be remembered.
            token_dropout=0.0,
            embedding_dropout=0.0,
            seed=seed,
            **sizes,
        )

    def rows(self, n, draw):
        sizes = {"n_symbols": N_SYMBOLS, "n_copied": N_COPIED}
        X, y = make_copy(n, self.lag, **sizes, return_X_y=True, random_state=draw)
        return X.astype("int32"), y.astype("int32")

    def score(self, outputs, targets):
        right = outputs.argmax(axis=-1) == targets
        return "accuracy", float(np.mean(right[:, -N_COPIED:]))

    def is_solved(self, score):
        return score > 0.99


TASKS = {"adding": Adding(), "copy": Copy()}


def main():
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    made.add_argument("--task", choices=TASKS, default="adding")
    made.add_argument("--models", nargs="+", help="those that have settings in this file")
    made.add_argument("--steps", type=int, default=4_000, help="at most")
    made.add_argument("--batch-size", type=int, default=32)
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--write", action="store_true", help="into benchmarks/results/scores.md")
    options = made.parse_args()
    known = SETTINGS[options.task]
    rows = [learn(name, known.get(name, {}), options) for name in options.models or known]
    print(*rows, sep="\n")
    if options.write:
        from _results import write_section

        title = {"adding": "Long memory: adding, 600 steps", "copy": "Long memory: copy, lag 500"}
        write_section(title[options.task], rows, seeds=options.seed, notes=NOTES)


NOTES = (
    "Solved: adding, mean squared error under .01 (chance 1/6); copy, accuracy over .99 (chance "
    ".125), of 1,000 fresh sequences. Adam, gradients clipped to norm 1."
)


def learn(name, settings, options):
    """Train until the check says solved, or for all steps; score on sequences apart."""
    task, sizes = TASKS[options.task], dict(settings)
    rate = sizes.pop("rate", 0.002)
    model = task.build(name, options.seed, sizes)
    model.compile(
        keras.optimizers.Adam(rate, global_clipnorm=1.0),
        loss=model.loss,
        jit_compile=keras.backend.backend() == "jax",
    )
    draw = np.random.RandomState(options.seed)
    X_check, y_check = task.rows(500, np.random.RandomState(10_000 + options.seed))
    begin = time.perf_counter()
    for step in range(1, options.steps + 1):
        model.train_on_batch(*task.rows(options.batch_size, draw))
        if step % CHECK_EVERY == 0 or step == options.steps:
            _, checked = task.score(predict(model, X_check), y_check)
            print(f"{name} step {step}: {checked:.4f}", flush=True)
            if task.is_solved(checked):
                break
    seconds = time.perf_counter() - begin
    X_test, y_test = task.rows(1_000, np.random.RandomState(20_000 + options.seed))
    metric, score = task.score(predict(model, X_test), y_test)
    return {
        "model": name,
        metric: score,
        "solved": task.is_solved(score),
        "steps": step,
        "seconds": round(seconds),
        "weights": keraseq.count_parameters(model),
        "settings": ", ".join(f"{key}={value}" for key, value in settings.items()),
    }


def predict(model, X):
    return np.concatenate([model.predict_on_batch(X[i : i + 100]) for i in range(0, len(X), 100)])


if __name__ == "__main__":
    main()

"""Language models of tiny Shakespeare: nats a character on its last tenth, at equal size and time.

    python benchmarks/language.py --minutes 5                  # the table, at equal weights
    python benchmarks/language.py --models gru --budget 0 --minutes 20 units=512 dropout=0.4
    python benchmarks/language.py --validate --models gru --budget 0 --minutes 2 dropout=0.3

Every model has as many epochs as fit into the minutes, by the clock of an epoch of its own. With
--validate the last tenth of the first nine tenths is judged, so that nothing is chosen on the test
part. Beside them stand Kneser-Ney n-grams, a sample of each and the longest run of characters in it
that is copied from the training part.
"""

import argparse
import ast
import time

import keras

import keraseq
from keraseq.baselines import KneserNey
from keraseq.datasets import fetch_tiny_shakespeare

MODELS = ["gru", "lstm", "min_gru", "transformer", "xlstm"]


def parts(validate):
    """Training text, and the one to be judged."""
    text = fetch_tiny_shakespeare(subset="all").data
    text = text[: len(text) * 9 // 10] if validate else text
    return text[: len(text) * 9 // 10], text[len(text) * 9 // 10 :]


def fit(name, train, options):
    """A generator of as many epochs as fit into the minutes, and the seconds of its fit."""
    settings = {"random_state": options.seed, **options.settings}
    if options.budget:
        settings["parameter_budget"] = options.budget
    tried, _ = timed(name, train, {**settings, "callbacks": Clock()}, 3)
    # The first one compiles.
    first, _, last = tried.callbacks_[0].ends
    return timed(name, train, settings, max(1, round(120 * options.minutes / (last - first))))


class Clock(keras.callbacks.Callback):
    """When each epoch ended."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter())


def timed(name, train, settings, epochs):
    begin = time.perf_counter()
    generator = keraseq.SequenceGenerator(name, **{**settings, "epochs": epochs}).fit(train)
    return generator, time.perf_counter() - begin


def longest_copy(sample, text):
    """The longest part of a sample that stands in a text."""
    longest = ""
    for start in range(len(sample)):
        while sample[start : start + len(longest) + 1] in text:
            if start + len(longest) + 1 > len(sample):
                return longest
            longest = sample[start : start + len(longest) + 1]
    return longest


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", default=MODELS)
    made.add_argument("--minutes", type=float, default=5)
    made.add_argument("--budget", type=int, default=250_000, help="weights; 0 for units='auto'")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--validate", action="store_true")
    made.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="of SequenceGenerator")
    options = made.parse_intermixed_args()
    pairs = (pair.split("=", 1) for pair in options.settings)
    options.settings = {name: ast.literal_eval(value) for name, value in pairs}
    train, test = parts(options.validate)
    print(f"{'model':14}{'nats':>8}{'weights':>10}{'epochs':>8}{'seconds':>9}{'train':>8}")
    samples, rival = {}, None
    for name in options.models:
        generator, seconds = fit(name, train, options)
        nats, history = -generator.score(test), generator.history_
        counts = f"{generator.n_parameters_:10,}{generator.n_iter_:8}{seconds:9.0f}"
        print(f"{name:14}{nats:8.3f}{counts}{history['loss'][-1]:8.3f}", flush=True)
        samples[name] = generator.generate("\n", 300, 0.8, random_state=options.seed)
        rival = rival or generator
    ids, held = (rival.encode(part)[0, 1:] for part in (train, test))
    grams = KneserNey(6, len(rival.vocabulary_)).fit([ids])
    print(f"{'n-grams to 6':14}{-grams.score([held]):8.3f}")
    for name, sample in samples.items():
        copied = longest_copy(sample, train)
        print(f"\n--- {name}; its longest copy, of {len(copied)} characters: {copied!r}\n{sample}")


if __name__ == "__main__":
    main()

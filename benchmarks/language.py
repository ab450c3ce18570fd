"""Language models of tiny Shakespeare: nats a character on its last tenth, at equal size and time.

    python benchmarks/language.py --minutes 5 --write          # the table, at equal weights
    python benchmarks/language.py --models gru --budget 0 --minutes 20 units=512 dropout=0.4
    python benchmarks/language.py --validate --models gru --budget 0 --minutes 2 dropout=0.3
    python benchmarks/language.py --generate                   # speed of writing, beside PyTorch

Every model has as many epochs as fit into the minutes, by the clock of epochs of a tenth of the
text, or those of `epochs=`. With --validate the last tenth of the first nine tenths is judged, so
that nothing is chosen on the test part. Beside them stand Kneser-Ney n-grams, a sample of each and
the longest run of characters in it that is copied from the training part. After Ctrl-C what a model
has learned so far is judged.
"""

import argparse
import ast
import os
import time

# As `import keraseq` does where it is the first.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

import keras
from _results import speeds_path, write_section

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
    """A generator of as many epochs as fit into the minutes, and what it took."""
    settings = {"random_state": options.seed, **options.settings}
    if options.budget:
        settings["parameter_budget"] = options.budget
    if "epochs" not in settings:
        clock = {**settings, "epochs": 3, "callbacks": Clock()}
        tried = keraseq.SequenceGenerator(name, **clock).fit(train[: len(train) // 10])
        # The first one compiles.
        first, _, last = tried.callbacks_[0].ends
        settings["epochs"] = max(1, round(60 * options.minutes / (5 * (last - first))))
    clocks = time.perf_counter, time.process_time
    begin = [clock() for clock in clocks]
    generator = keraseq.SequenceGenerator(name, **settings)
    try:
        generator.fit(train)
    except KeyboardInterrupt:
        # What was learned is judged all the same, where there is something.
        if not hasattr(generator, "n_iter_"):
            raise
    return generator, [clock() - start for clock, start in zip(clocks, begin, strict=True)]


class Clock(keras.callbacks.Callback):
    """When each epoch ended."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter())


def longest_copy(sample, text):
    """The longest part of a sample that stands in a text."""
    longest = ""
    for start in range(len(sample)):
        while sample[start : start + len(longest) + 1] in text:
            if start + len(longest) + 1 > len(sample):
                return longest
            longest = sample[start : start + len(longest) + 1]
    return longest


def read_options():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", default=MODELS)
    made.add_argument("--minutes", type=float, default=5)
    made.add_argument("--budget", type=int, default=250_000, help="weights; 0 for units='auto'")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--validate", action="store_true")
    made.add_argument("--generate", action="store_true", help="the speed of writing alone")
    made.add_argument("--write", action="store_true", help="a section of the page of scores")
    made.add_argument("--title", default="Tiny Shakespeare, equal weights", help="of the section")
    made.add_argument("settings", nargs="*", metavar="NAME=VALUE", help="of SequenceGenerator")
    options = made.parse_intermixed_args()
    pairs = (pair.split("=", 1) for pair in options.settings)
    options.settings = {name: ast.literal_eval(value) for name, value in pairs}
    return options


def write_speeds(options):
    # PyTorch is needed for this alone.
    from _writing_speed import measure

    rows = measure(parts(True)[0][:50_000], repeats=5, seed=options.seed)
    for row in rows:
        print(row)
    if options.write:
        notes = (
            "GRU(256) behind an embedding of 64, one text, the state kept. The fastest of five "
            "turns; `ratio` is the time beside the faster of PyTorch's two."
        )
        write_section("Writing, character by character", rows, path=speeds_path(), notes=notes)


def main():
    options = read_options()
    if options.generate:
        write_speeds(options)
        return
    train, test = parts(options.validate)
    rows, samples, rival = [], {}, None
    for name in options.models:
        generator, (seconds, cpu) = fit(name, train, options)
        history = generator.history_
        row = {
            "model": name,
            "nats": -generator.score(test),
            "training nats": history["loss"][-1],
            "weights": generator.n_parameters_,
            "epochs": generator.n_iter_,
            "seconds": round(seconds),
            "CPU seconds": round(cpu),
        }
        rows.append(row)
        print(row, min(history.get("val_loss", [0])), flush=True)
        samples[name] = generator.generate("\n", 300, 0.8, random_state=options.seed)
        rival = rival or generator
    ids, held = (rival.encode(part)[0, 1:] for part in (train, test))
    grams = KneserNey(6, len(rival.vocabulary_)).fit([ids])
    rows.append({"model": "n-grams to 6", "nats": -grams.score([held])})
    print(rows[-1])
    for name, sample in samples.items():
        copied = longest_copy(sample, train)
        print(f"\n--- {name}; its longest copy, of {len(copied)} characters: {copied!r}\n{sample}")
    if options.write and not options.validate:
        write_section(options.title, rows, seeds=options.seed, notes=__doc__.rpartition("\n\n")[2])


if __name__ == "__main__":
    main()

"""A classifier of few labels that starts from a language model of all texts: IMDB.

    python benchmarks/transfer.py write imdb.keraseq --whole 2      # once; 70 minutes of one core
    python benchmarks/transfer.py score imdb.keraseq --labels 500   # with and without it
    python benchmarks/transfer.py score imdb.keraseq --validate pretrained:learning_rate=0.005

The generator reads the end of each of the 25,000 training reviews, with --whole then all of it, and
no label. Both classifiers have the same body, width and vocabulary size; one starts from the
generator, the other from a draw, at the defaults of texts where no setting says otherwise:
pretrained:NAME=VALUE and scratch:NAME=VALUE are of one of them, NAME=VALUE is of both, or of the
generator that is written. With --validate a fifth of the training reviews is judged, so that
nothing is chosen on the test part.
"""

import argparse
import ast
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from _results import write_section
from sklearn.model_selection import train_test_split

import keraseq
from keraseq import datasets

# The layer over the vocabulary takes most of the time; reviews conclude at their end.
UNITS, WIDTH, WORDS, LAST = 200, 128, 8_000, 150


def reviews(subset):
    """Reviews in lower case without line breaks, which a generator would learn to write."""
    X, y = datasets.fetch_imdb(subset=subset, return_X_y=True)
    return [text.replace("<br />", " ").lower() for text in X], y


def write(options):
    whole = reviews("train")[0][: options.rows]
    texts = [" ".join(text.split()[-LAST:]) for text in whole]
    settings = {
        "units": UNITS,
        "max_tokens": WORDS,
        "model_params": {"embedding_dim": WIDTH, "tie_embedding": True},
        "epochs": 1,
        "window": 64,
        "pack_texts": True,
        "batch_size": 16,
        "dropout": 0.0,
        "learning_rate": 0.003,
        "early_stopping": False,
        "backward": options.backward,
        **options.settings,
    }
    begin = time.process_time()
    generator = keraseq.SequenceGenerator(
        "gru", tokenizer="words", random_state=0, verbose=2, **settings
    ).fit(texts)
    if options.whole:
        generator.set_params(warm_start=True, epochs=options.whole).fit(whole)
        generator.set_params(warm_start=False)
    generator.save(options.path)
    seconds = time.process_time() - begin
    test = reviews("test")[0][:500]
    print(f"{seconds:.0f} s CPU, {settings}, perplexity of 500 test reviews", end=" ", flush=True)
    print(f"{generator.perplexity(test):.1f}", generator.generate("this film", 60, random_state=0))


def parts(options, seed):
    """Training and judging rows, the first ones cut to so many labels by the seed."""
    X, y = reviews("train")
    if options.validate:
        X, other_X, y, other_y = train_test_split(X, y, test_size=0.2, stratify=y, random_state=9)
    else:
        other_X, other_y = reviews("test")
    if options.labels < len(X):
        X, _, y, _ = train_test_split(
            X, y, train_size=options.labels, stratify=y, random_state=seed
        )
    if options.rows:
        other_X, _, other_y, _ = train_test_split(
            other_X, other_y, train_size=options.rows, stratify=other_y, random_state=9
        )
    return X, other_X, y, other_y


def models(options, seed):
    """The classifiers by name, not fitted."""
    shared = {"random_state": seed, "verbose": 0}
    yield "pretrained", keraseq.SequenceClassifier(pretrained=options.path, **shared)
    generator = keraseq.load(options.path)
    width = generator.model_.get_layer("token_embedding").output_dim
    sizes = {"units": generator.params_["units"], "max_tokens": len(generator.vocabulary_)}
    yield (
        "scratch",
        keraseq.SequenceClassifier("gru", model_params={"embedding_dim": width}, **sizes, **shared),
    )


def own_settings(options, name):
    """What the command line says of one of the classifiers."""
    found = {}
    for setting, value in options.settings.items():
        of, colon, setting = setting.rpartition(":")
        if not colon or of == name:
            found[setting] = value
    return found


def score(options):
    rows = []
    for name in ("pretrained", "scratch"):
        if options.only not in (None, name):
            continue
        settings, found = own_settings(options, name), []
        for seed in options.seeds:
            X, other_X, y, other_y = parts(options, seed)
            model = dict(models(options, seed))[name].set_params(**settings)
            begin = time.process_time()
            found.append(model.fit(X, y).score(other_X, other_y))
            seconds = time.process_time() - begin
            print(f"{len(X)} labels, seed {seed}, {name}, {settings}: {found[-1]:.4f}", end=" ")
            print(f"({seconds:.0f} s CPU, {model.n_iter_} epochs)", flush=True)
        print(f"{name}: mean {np.mean(found):.4f}, error {error(found):.4f}", flush=True)
        rows.append(
            {
                "labels": len(X),
                "begins with": name,
                "accuracy": np.mean(found),
                "error of the seeds": error(found),
                "lowest": min(found),
                "highest": max(found),
                "settings": ", ".join(f"{k} {v}" for k, v in settings.items()) or "defaults",
            }
        )
    if options.write and not options.validate:
        notes = f"{len(other_X):,} test reviews. " + __doc__.rpartition("\n\n")[2]
        write_section(f"Transfer: IMDB, {len(X):,} labels", rows, seeds=options.seeds, notes=notes)


def error(scores):
    """The standard error of their mean."""
    return np.std(scores, ddof=1) / len(scores) ** 0.5 if len(scores) > 1 else np.nan


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    jobs = {"write": write, "score": score}
    made.add_argument("job", choices=jobs)
    made.add_argument("path", help="of the generator")
    made.add_argument("settings", nargs="*", help="such as pretrained:dropout=0.3")
    made.add_argument("--labels", type=int, default=25_000)
    made.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    made.add_argument("--only", choices=["pretrained", "scratch"])
    made.add_argument("--rows", type=int, help="read, or judge by, so many reviews alone")
    made.add_argument("--validate", action="store_true", help="judge a part of training")
    made.add_argument("--write", action="store_true", help="a section of the page of scores")
    made.add_argument("--whole", type=int, metavar="N", help="then read whole reviews N times")
    made.add_argument("--backward", action="store_true", help="write one that reads backwards")
    options = made.parse_args()
    pairs = (setting.partition("=")[::2] for setting in options.settings)
    options.settings = {name: ast.literal_eval(value) for name, value in pairs}
    jobs[options.job](options)


if __name__ == "__main__":
    main()

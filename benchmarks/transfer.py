"""A classifier of few labels that starts from a language model of all texts: IMDB.

    python benchmarks/transfer.py write imdb.keraseq                # the generator, once
    python benchmarks/transfer.py score imdb.keraseq --labels 500   # with and without it
    python benchmarks/transfer.py score imdb.keraseq --validate learning_rate=0.005
    python benchmarks/transfer.py vectors imdb.keraseq              # its embedding, for SST-2

The generator reads the 25,000 training reviews and no label. Both classifiers have the same body,
width and vocabulary size; one starts from the generator, the other from a draw, at the defaults of
texts.
With --validate a fifth of the training reviews is judged, so that nothing is chosen on the test
part. Settings such as learning_rate=0.005 are of the classifier that starts from the generator.
"""

import argparse
import ast
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from sklearn.model_selection import train_test_split

import keraseq
from keraseq import datasets
from keraseq.encoding.reserved_ids import FIRST_FREE

# The layer over the vocabulary takes most of the time; reviews conclude at their end.
UNITS, WIDTH, WORDS, LAST = 128, 128, 6_000, 100


def reviews(subset):
    """Reviews in lower case without line breaks, which a generator would learn to write."""
    X, y = datasets.fetch_imdb(subset=subset, return_X_y=True)
    return [text.replace("<br />", " ").lower() for text in X], y


def write(options):
    texts = reviews("train")[0]
    texts = [" ".join(text.split()[-LAST:]) for text in texts[: options.rows]]
    settings = {
        "units": UNITS,
        "max_tokens": WORDS,
        "model_params": {"embedding_dim": WIDTH, "tie_embedding": True},
        "epochs": 1,
        "window": 128,
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
    shared = {"random_state": seed, "verbose": 0}
    yield (
        "pretrained",
        keraseq.SequenceClassifier(pretrained=options.path, **{**shared, **options.settings}),
    )
    yield (
        "from scratch",
        keraseq.SequenceClassifier(
            "gru", units=UNITS, max_tokens=WORDS, model_params={"embedding_dim": WIDTH}, **shared
        ),
    )


def score(options):
    found = {}
    for seed in options.seeds:
        X, other_X, y, other_y = parts(options, seed)
        for name, model in models(options, seed):
            if options.only in (None, name):
                begin = time.process_time()
                accuracy = model.fit(X, y).score(other_X, other_y)
                found.setdefault(name, []).append(accuracy)
                seconds = time.process_time() - begin
                print(f"{len(X)} labels, seed {seed}, {name}: {accuracy:.4f}", end=" ")
                print(f"({seconds:.0f} s CPU, {model.n_iter_} epochs)", flush=True)
    for name, scores in found.items():
        spread = np.std(scores, ddof=1) / len(scores) ** 0.5 if len(scores) > 1 else np.nan
        print(f"{name}: mean {np.mean(scores):.4f}, standard error {spread:.4f}")


def vectors(options):
    """Its embedding as word2vec's text form, and what that gains on SST-2."""
    generator, path = keraseq.load(options.path), Path(options.path).with_suffix(".vec")
    table = generator.model_.get_layer("token_embedding").get_weights()[0]
    words = generator.vocabulary_[FIRST_FREE:]
    lines = (
        f"{word} {' '.join(map('{:.5f}'.format, row))}"
        for word, row in zip(words, table[FIRST_FREE:], strict=False)
    )
    path.write_text("\n".join([f"{len(words)} {table.shape[1]}", *lines]), encoding="utf-8")
    X, y = datasets.fetch_sst2(subset="train", return_X_y=True)
    other_X, other_y = datasets.fetch_sst2(subset="test", return_X_y=True)
    for seed in options.seeds:
        part = X, y
        if options.labels < len(X):
            part = train_test_split(X, y, train_size=options.labels, stratify=y, random_state=seed)[
                ::2
            ]
        for name, own in (
            ("with vectors", {"embeddings": path}),
            ("without", {"model_params": {"embedding_dim": table.shape[1]}}),
        ):
            model = keraseq.SequenceClassifier("gru", random_state=seed, **own).fit(*part)
            covered = model.params_.get("embeddings_coverage", "")
            print(
                f"SST-2, {len(part[0])} labels, seed {seed}, {name}: "
                f"{model.score(other_X, other_y):.4f} {covered}",
                flush=True,
            )


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    jobs = {"write": write, "score": score, "vectors": vectors}
    made.add_argument("job", choices=jobs)
    made.add_argument("path", help="of the generator")
    made.add_argument("settings", nargs="*", help="such as learning_rate=0.005")
    made.add_argument("--labels", type=int, default=25_000)
    made.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    made.add_argument("--only", choices=["pretrained", "from scratch"])
    made.add_argument("--rows", type=int, help="read, or judge by, so many reviews alone")
    made.add_argument("--validate", action="store_true", help="judge a part of training")
    made.add_argument("--backward", action="store_true", help="write one that reads backwards")
    options = made.parse_args()
    pairs = (setting.partition("=")[::2] for setting in options.settings)
    options.settings = {name: ast.literal_eval(value) for name, value in pairs}
    jobs[options.job](options)


if __name__ == "__main__":
    main()

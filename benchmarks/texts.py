"""Texts from their labelled rows alone: networks at their defaults beside two linear models.

python benchmarks/texts.py --sets SST-2 TREC                 # some minutes
python benchmarks/texts.py --small                           # 1,200 rows of four sets
python benchmarks/texts.py --sets IMDB --models text_cnn     # some ten minutes on two cores
python benchmarks/texts.py --sets IMDB --models "text_cnn*4" --seeds 0   # an ensemble of four

Each set has its own split. A tenth of the training rows (of IMDB a fifth) judges which
architecture is best; its score on the test part is the one to read, and the others' are there to
see what the choice was between. Networks are trained again on all training rows before the test
part is scored. With ``--small`` 1,200 training rows, drawn by the seed, are all that is seen.
Rivals: TF-IDF of words and pairs, and 1- to 3-grams weighted by naive Bayes (Wang and Manning
2012), each with logistic regression.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from _results import write_section
from sklearn.model_selection import train_test_split

import keraseq
from keraseq import datasets
from keraseq.baselines import naive_bayes_text, text_baseline

SETS = {
    "IMDB": datasets.fetch_imdb,
    "SST-2": datasets.fetch_sst2,
    "TREC": datasets.fetch_trec,
    "tweets": datasets.fetch_airline_tweets,
    "Python docs": datasets.load_python_docs,
}
SMALL = ("TREC", "SST-2", "tweets", "Python docs")
RIVALS = {"TF-IDF": text_baseline, "NB-weighted n-grams": naive_bayes_text}
_FEW = 1_200


def parts(name, seed, small):
    """Return training and test rows: X, other_X, y, other_y."""
    X, y = SETS[name](subset="train", return_X_y=True)
    other_X, other_y = SETS[name](subset="test", return_X_y=True)
    if small:
        X, _, y, _ = train_test_split(X, y, train_size=_FEW, stratify=y, random_state=seed)
    return X, other_X, y, other_y


def make(name, seed):
    if name in RIVALS:
        return RIVALS[name]()
    name, _, n = name.partition("*")
    model = keraseq.SequenceClassifier(name, random_state=seed)
    return keraseq.ensemble(model, n=int(n)) if n else model


def run(name, seed, X, other_X, y, other_y, judged):
    """Return accuracy on rows held back (None where nothing is chosen) and on the test part."""
    validation = None
    if judged:
        fitted, judges, targets, truths = train_test_split(
            X, y, test_size=0.2 if len(X) > 20_000 else 0.1, stratify=y, random_state=seed
        )
        validation = make(name, seed).fit(fitted, targets).score(judges, truths)
    begin = time.perf_counter()
    model = make(name, seed).fit(X, y)
    return validation, model.score(other_X, other_y), time.perf_counter() - begin


def table_of(set_, names, seeds, small):
    rows = []
    for name in names:
        found = [
            run(name, seed, *parts(set_, seed, small), len(names) > 1 and not small)
            for seed in (seeds if small or name not in RIVALS else seeds[:1])
        ]
        validation, test, seconds = zip(*found, strict=True)
        row = {"set": set_, "model": name, "test accuracy": np.mean(test)}
        if len(test) > 1:
            row["lowest"], row["highest"] = min(test), max(test)
        if None not in validation:
            row["validation"] = np.mean(validation)
        row["seconds"] = round(np.mean(seconds))
        rows.append(row)
        print(
            ", ".join(f"{k} {v:.4f}" if isinstance(v, float) else f"{v}" for k, v in row.items()),
            flush=True,
        )
    return rows


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--sets", nargs="+", choices=SETS, help="those of the table by default")
    made.add_argument("--models", nargs="+", default=["gru", "bilstm", "transformer", "text_cnn"])
    made.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    made.add_argument("--small", action="store_true", help="1,200 training rows of each set")
    made.add_argument("--write", action="store_true", help="the page of results")
    options = made.parse_args()
    names = [*RIVALS, *options.models]
    sets = options.sets or (SMALL if options.small else ("SST-2", "TREC"))
    rows = [row for set_ in sets for row in table_of(set_, names, options.seeds, options.small)]
    if options.small:
        for name in names:
            scores = [row["test accuracy"] for row in rows if row["model"] == name]
            rows.append({"set": "mean", "model": name, "test accuracy": np.mean(scores)})
            print(f"mean of {len(scores)} sets: {name} {np.mean(scores):.4f}")
    if options.write:
        title = "Small texts" if options.small else f"Texts: {', '.join(sets)}"
        write_section(title, rows, seeds=options.seeds, notes=__doc__.partition("\n\n")[2])


if __name__ == "__main__":
    main()

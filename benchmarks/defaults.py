"""Which settings "auto" becomes for each architecture: one search at equal effort.

python benchmarks/defaults.py --kinds text --models gru bilstm      # prints what is best
python benchmarks/defaults.py --jobs 2 --cells cells.jsonl --write  # the zoo; writes hints

Every architecture is tried with the same candidates on the same parts of training data: of each
problem named below some rows (of a series the earlier ones) are fitted and others judge. No test
part is read. The candidate of the best mean over the problems goes, with ``--write``, as
``hints={...}`` into the architecture's own file, and the table into `results/scores.md`. Each fit
is a line of the file of ``--cells``, and what stands there is not run again: a search can be
stopped (``--minutes``), spread over machines (``--shard 0/2``) and put together. One part of one
problem took two minutes of one core an architecture on TREC, seven on SwedishLeaf, one on CO2 and
five on one column of ETTh1 (AMD EPYC, beside other work); KERAS_BACKEND=jax serves too.
"""

import argparse
import ast
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from _results import write_section
from sklearn.model_selection import StratifiedShuffleSplit, train_test_split

import keraseq
from keraseq import datasets
from keraseq.batching import sliding_windows

# The same for every architecture, so that each has the same number of tries.
CANDIDATES = {
    "text": [{"learning_rate": rate} for rate in (0.001, 0.002, 0.004, 0.01)],
    "series": [{"learning_rate": rate} for rate in (0.0005, 0.001, 0.003, 0.01)],
    "forecast": [{"learning_rate": rate} for rate in (0.0003, 0.001, 0.003, 0.01)],
}
_TEXTS = {
    "TREC": datasets.fetch_trec,
    "SST-2": datasets.fetch_sst2,
    "tweets": datasets.fetch_airline_tweets,
    "Python docs": datasets.load_python_docs,
}
# Of ETTh1 the training year, of the others the first four fifths.
_SERIES = {
    "ETTh1": lambda: datasets.fetch_ett("ETTh1", subset="train").data,
    "oil temperature": lambda: datasets.fetch_ett("ETTh1", subset="train").data[["OT"]],
    "CO2": lambda: _first_rows(datasets.load_co2()),
    "sunspots": lambda: _first_rows(datasets.load_sunspots()),
}
# No date tells it.
_SEASONS = {"sunspots": 11}
PROBLEMS = {
    "text": (*_TEXTS, "IMDB"),
    "series": (
        *("SwedishLeaf", "SyntheticControl", "PowerCons", "ECG200", "Trace", "Lightning7"),
        *("ItalyPowerDemand", "GunPoint", "JapaneseVowels"),
    ),
    "forecast": ("ETTh1 96", "ETTh1 336", "oil temperature 96", "CO2 12", "sunspots 12"),
}
_FOLDS = 2
_FEW, _JUDGES, _LONG = 1200, 1500, 4000


def text_rows(name, fold):
    """Rows of a training part to fit, and others to judge."""
    fetch = datasets.fetch_imdb if name == "IMDB" else _TEXTS[name]
    X, y = fetch(subset="train", return_X_y=True)
    sizes = {"train_size": _LONG if name == "IMDB" else _FEW}
    sizes["test_size"] = min(_JUDGES, len(X) - sizes["train_size"])
    return train_test_split(X, y, **sizes, stratify=y, random_state=fold)


def series_rows(name, fold):
    X, y = datasets.fetch_ucr(name, return_X_y=True)
    splits = StratifiedShuffleSplit(_FOLDS, test_size=0.4, random_state=0).split(y, y)
    fitted, judges = next(itertools.islice(splits, fold, None))
    return ([X[i] for i in fitted], [X[i] for i in judges], y[fitted], y[judges])


def classify(rows, model, fold, settings):
    """Accuracy on the rows that judge."""
    X, other_X, y, other_y = rows
    fitted = keraseq.SequenceClassifier(model, random_state=fold, **settings).fit(X, y)
    return fitted.score(other_X, other_y)


def _first_rows(bunch):
    return bunch.data[: int(0.8 * len(bunch.data))].to_frame()


def history(name, fold):
    """A series, the row from which its values judge, horizon and season; fold 1 ends earlier."""
    name, _, horizon = name.rpartition(" ")
    y = _SERIES[name]()
    y = y[: len(y) - fold * len(y) // 5]
    start = int(0.8 * len(y))
    return (
        (y - y[:start].mean()) / y[:start].std(ddof=0),
        start,
        int(horizon),
        _SEASONS.get(name, "auto"),
    )


def forecast(data, model, fold, settings):
    """The share of "repeat last"'s squared error that is saved, without a share of it blended in.

    A blend of the naive forecast, which a fit chooses, hides how well the network has learned.
    """
    y, start, horizon, season = data
    settings = {"horizon": horizon, "season": season, "shrinkage": 0.0, **settings}
    fitted = keraseq.SequenceForecaster(model, random_state=fold, **settings).fit(y[:start])
    guess, truth = fitted.predict_windows(y, start)
    last, repeated = sliding_windows(y.to_numpy()[start - 1 :], 1, horizon)
    naive = np.mean((np.repeat(last, horizon, axis=1) - repeated) ** 2)
    return float(1 - np.mean((guess - truth) ** 2) / naive)


READ_AND_FIT = {
    "text": (text_rows, classify),
    "series": (series_rows, classify),
    "forecast": (history, forecast),
}


def run_cell(cell):
    """Fit every candidate to one part of one problem; they share a compiled model."""
    kind, problem, fold, model, shared = cell
    read, fit = READ_AND_FIT[kind]
    data, lines = read(problem, fold), []
    for candidate in CANDIDATES[kind]:
        begin = time.perf_counter()
        try:
            score = fit(data, model, fold, {**shared, **candidate})
        except ValueError as error:
            if "NaN" not in str(error):
                raise
            # Diverged: as bad as a candidate can be.
            print(f"{model} {candidate} on {problem}: {error}", flush=True)
            score = 0.0
        seconds = time.perf_counter() - begin
        lines.append(
            {
                "kind": kind,
                "problem": problem,
                "fold": fold,
                "model": model,
                "settings": {**shared, **candidate},
                "score": score,
                "seconds": seconds,
            }
        )
    return lines


def serves(model, kind):
    """Whether an architecture is one of this kind of data."""
    facts = keraseq.models.find_model(model)
    task = "forecasting" if kind == "forecast" else "classification"
    unread = {"text": "numbers", "series": "tokens", "forecast": "tokens"}[kind]
    return task in facts.served_tasks and facts.inputs != unread


def search(cells, jobs, file, minutes):
    """Run cells and give their lines as they come, each written to `file` too."""
    end = time.monotonic() + 60 * minutes
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        coming = pool.imap_unordered(run_cell, cells)
        for _ in cells:
            try:
                lines = coming.next(timeout=max(0.1, end - time.monotonic()))
            except multiprocessing.TimeoutError:
                print("stopped: no time is left", flush=True)
                pool.terminate()
                return
            for line in lines:
                if file is not None:
                    with file.open("a", encoding="utf-8") as out:
                        out.write(json.dumps(line) + "\n")
                yield line
            first = lines[0]
            scores = " ".join(f"{line['score']:.3f}" for line in lines)
            seconds = sum(line["seconds"] for line in lines)
            print(
                f"{first['model']:16} {first['problem']:18} fold {first['fold']}: {scores}"
                f"   {seconds:.0f} s",
                flush=True,
            )


def table_of(lines):
    """A line a model: the mean score of each candidate over the problems, and the best."""
    frame = pd.DataFrame(lines)
    frame["candidate"] = [_said(settings) for settings in frame["settings"]]
    # Problems that not every model has been tried on would favour some.
    folds = frame.groupby(["model", "candidate", "problem"])["score"].mean().unstack()
    means = folds.dropna().mean(axis=1).unstack()
    order = [said for said in dict.fromkeys(frame["candidate"]) if said in means]
    means = means[order]
    means["best"] = means.idxmax(axis=1)
    means["seconds"] = frame.groupby("model")["seconds"].sum().round()
    return means


def _said(settings):
    return ", ".join(f"{name}={value}" for name, value in settings.items())


def write_hints(model, kind, settings):
    """Put settings into the decorator's ``hints`` in an architecture's own file."""
    path = Path(keraseq.models.__file__).parent / f"{model}.py"
    source = path.read_bytes()
    starts = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]
    calls = [
        call
        for node in ast.parse(source).body
        for call in getattr(node, "decorator_list", ())
        if isinstance(call, ast.Call) and call.func.id.startswith("register")
    ]
    if not calls:
        print(f"{model} is a preset, which has its architecture's hints")
        return
    held = [keyword for keyword in calls[0].keywords if keyword.arg == "hints"]
    if held:
        begin = starts[held[0].lineno - 1] + held[0].col_offset
        end = starts[held[0].end_lineno - 1] + held[0].end_col_offset
    else:
        begin = end = starts[calls[0].end_lineno - 1] + calls[0].end_col_offset - 1
    others = _other_hints(held[0].value, kind) if held else []
    before = dict(keraseq.models.find_model(model).hints).get(kind, ())
    chosen = f"{kind!r}: {dict(before) | settings!r}"
    text = f"hints={{{', '.join([*others, chosen])}}}" + ("" if held else ",")
    path.write_bytes(source[:begin] + text.encode() + source[end:])
    subprocess.run(["ruff", "format", "--quiet", str(path)], check=True)


def _other_hints(value, kind):
    """The entries of a dict in source, those of a kind left out; a shared dict is unpacked."""
    if not isinstance(value, ast.Dict):
        return [f"**{ast.unparse(value)}"]
    entries = zip(value.keys, value.values, strict=True)
    return [
        f"**{ast.unparse(held)}" if key is None else f"{ast.unparse(key)}: {ast.unparse(held)}"
        for key, held in entries
        if key is None or ast.literal_eval(key) != kind
    ]


def read_options():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", help="all of the zoo by default")
    made.add_argument("--kinds", nargs="+", choices=PROBLEMS, default=list(PROBLEMS))
    made.add_argument("--problems", nargs="+", help="some of a kind's")
    made.add_argument("--folds", type=int, default=_FOLDS)
    made.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="for all fits")
    made.add_argument("--jobs", type=int, default=1, help="processes side by side")
    made.add_argument("--shard", default="0/1", metavar="I/N", help="every Nth cell from I on")
    made.add_argument("--minutes", type=float, default=24 * 60, help="stop after so many")
    made.add_argument("--cells", type=Path, help="JSON lines of fits, read and added to")
    made.add_argument("--write", action="store_true", help="hints and the page of results")
    return made.parse_args()


def main():
    options = read_options()
    shared = dict(pair.split("=", 1) for pair in options.set)
    shared = {name: ast.literal_eval(value) for name, value in shared.items()}
    models = options.models or keraseq.list_models()
    cells = [
        (kind, problem, fold, model, shared)
        for kind in options.kinds
        for fold in range(options.folds)
        for problem in PROBLEMS[kind]
        if options.problems is None or problem in options.problems
        for model in models
        if serves(model, kind)
    ]
    lines = []
    if options.cells is not None and options.cells.exists():
        lines = [json.loads(line) for line in options.cells.read_text("utf-8").splitlines()]
    done = {(line["kind"], line["problem"], line["fold"], line["model"]) for line in lines}
    place, n = map(int, options.shard.split("/"))
    left = [cell for cell in cells if cell[:4] not in done][place::n]
    lines += search(left, options.jobs, options.cells, options.minutes) if left else []
    for kind in dict.fromkeys(line["kind"] for line in lines):
        table = table_of([line for line in lines if line["kind"] == kind])
        seconds = table["seconds"].sum()
        print(f"\n{kind}: {', '.join(PROBLEMS[kind])}; {seconds:.0f} s of fits\n{table.round(4)}")
        if options.write:
            for model, best in table["best"].items():
                write_hints(model, kind, CANDIDATES[kind][list(table.columns).index(best)])
            write_section(
                f"Defaults of {kind}",
                table.reset_index(),
                seeds=range(options.folds),
                notes=f"Mean score over parts of training data ({', '.join(PROBLEMS[kind])}).",
            )


if __name__ == "__main__":
    sys.exit(main())

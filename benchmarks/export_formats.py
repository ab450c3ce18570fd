"""Every architecture in every format: size, difference, and the answer to one row.

python benchmarks/export_formats.py --folder /tmp/exported --only-export   # some 10 minutes
python benchmarks/export_formats.py --folder /tmp/exported                 # times what lies there

Bodies are classifiers of series of 64 steps and 4 features (of texts, if they read nothing else);
forecasters read 96 steps of one series and give the 24 that follow. All have their first weights,
which answer as fast as trained ones. A time is that of `predict` of one row, raw to answer, by the
estimator and by the generated script in turns; the fastest of all turns counts.
"""

import argparse
import importlib.util
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from _results import speeds_path, write_section

import keraseq
from keraseq.datasets import make_reviews
from keraseq.models import find_model

TITLE = "Architectures in other formats"
STEPS, FEATURES, ROWS = 64, 4, 24
LOOKBACK, HORIZON = 96, 24
ENDINGS = {"onnx": ".onnx", "litert": ".tflite", "saved_model": ""}


def main():
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--models", nargs="+", default=keraseq.list_models())
    made.add_argument("--folder", type=Path, required=True, help="where the files lie, or will")
    made.add_argument("--only-export", action="store_true")
    made.add_argument("--repeats", type=int, default=20)
    made.add_argument("--dry", action="store_true", help="print alone, write no page")
    options = made.parse_args()
    cases = [(name, kind_of(name)) for name in options.models]
    for name, kind in cases:
        export_all(name, kind, options.folder)
    if options.only_export:
        return
    frame = pd.DataFrame([row(*case, options.folder, options.repeats) for case in cases])
    print(frame.to_string(index=False))
    if not options.dry:
        notes = f"{__doc__.split(chr(10) * 2)[2]} {options.repeats} turns."
        command = "python benchmarks/export_formats.py --folder FOLDER"
        write_section(TITLE, frame, seeds=0, path=speeds_path(), notes=notes, command=command)


def kind_of(name):
    """What an architecture is exported as."""
    spec = find_model(name)
    if spec.kind.name == "forecaster":
        return "forecaster"
    return "texts" if spec.inputs == "tokens" else "series"


def fitted(name, kind):
    """An estimator with its first weights, and a row or history to answer."""
    draw = np.random.default_rng(0)
    if kind == "forecaster":
        y = draw.normal(size=400).cumsum()
        settings = {"lookback": LOOKBACK, "horizon": HORIZON, "season": 24, "epochs": 1}
        made = keraseq.SequenceForecaster(name, shrinkage=0.0, random_state=0, **settings).fit(y)
        return made, y
    settings = {"epochs": 0, "random_state": 0}
    if kind == "texts":
        X, y = make_reviews(200, return_X_y=True, random_state=0)
    else:
        X, y = draw.normal(size=(ROWS, STEPS, FEATURES)), np.arange(ROWS) % 2
    return keraseq.SequenceClassifier(name, **settings).fit(X, y), [X[0]]


def export_all(name, kind, folder):
    """Write all formats that are not there yet, and what was found of each."""
    folder = folder / f"{name}-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    made = None
    for format, ending in ENDINGS.items():
        note = folder / f"{format}.found"
        if note.exists():
            continue
        made = made or fitted(name, kind)[0]
        try:
            found = made.export(folder / f"{format}{ending}", format=format)
            facts = {"difference": float(found), "size": found.size}
        except keraseq.ArtifactError as error:
            facts = {"error": str(error)}
        note.write_text(json.dumps(facts), encoding="utf-8")
        print(f"{name}, {kind}, {format}: {facts}", flush=True)


def row(name, kind, folder, repeats):
    """A line of the table."""
    folder = folder / f"{name}-{kind}"
    line = {"model": name, "as": kind}
    estimator, given = fitted(name, kind)
    answers = {"keraseq": lambda: ours(estimator, given, kind)}
    for format, ending in ENDINGS.items():
        facts = json.loads((folder / f"{format}.found").read_text(encoding="utf-8"))
        size = facts.get("size")
        line[f"{format} KB"] = None if size is None else round(size / 1000)
        line[f"{format} differs"] = f"{facts['difference']:.0e}" if size else "cannot"
        if size and format != "saved_model":
            exported = script(folder / f"{format}{ending}")
            answers[format] = lambda exported=exported: exported.predict(given)
    return {**line, **{f"{k} ms": ms for k, ms in fastest(answers, repeats).items()}}


def ours(estimator, given, kind):
    return estimator.predict(y=given) if kind == "forecaster" else estimator.predict(given)


def script(path):
    spec = importlib.util.spec_from_file_location("exported", f"{path}_predict.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fastest(answers, repeats):
    best = dict.fromkeys(answers, np.inf)
    for turn in range(repeats + 1):
        for name, answer in answers.items():
            start = time.perf_counter()
            answer()
            if turn:
                best[name] = min(best[name], time.perf_counter() - start)
    return {name: round(1000 * seconds, 2) for name, seconds in best.items()}


if __name__ == "__main__":
    main()

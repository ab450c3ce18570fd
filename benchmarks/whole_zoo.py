"""Compare every architecture at 50,000 weights on one set of texts, of series, and of forecasts.

    python benchmarks/whole_zoo.py text --seeds 3 --write --report trec.html

Texts are 1,200 of TREC's training questions, series the training rows of GunPoint, forecasts the
oil temperature of ETTh1's training year, 96 hours ahead: no test part is read, since `compare`
splits by itself.
"""

import argparse
import os
import textwrap
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from _results import write_section
from sklearn.model_selection import train_test_split

import keraseq

BUDGET = 50_000
# Four days, as in Liu et al. 2024; over the default of 720 hours every fit takes minutes.
LOOKBACK = 96
# It mixes channels, of which there is one: 50,000 weights are 3,549 hidden units at every hour, and
# half an hour was not enough for a fit.
TOO_WIDE = {"tsmixer"}


def text():
    X, y = keraseq.datasets.fetch_trec(subset="train", return_X_y=True)
    X, _, y, _ = train_test_split(X, y, train_size=1200, stratify=y, random_state=0)
    return keraseq.list_models(task="classification", inputs="tokens"), (X, y), {}


def series():
    X, y = keraseq.datasets.fetch_ucr("GunPoint", subset="train", return_X_y=True)
    return keraseq.list_models(task="classification"), (X, y), {}


def forecast():
    year = keraseq.datasets.fetch_ett("ETTh1", subset="train").data[["OT"]]
    settings = {"horizon": 96, "lookback": LOOKBACK}
    models = [name for name in keraseq.list_models(task="forecasting") if name not in TOO_WIDE]
    return models, (year,), {"estimator_params": settings}


SETS = {
    "text": (text, "TREC, 1,200 questions"),
    "series": (series, "GunPoint"),
    "forecast": (forecast, "ETTh1, oil temperature, 96 hours ahead of 96"),
}


def main():
    made = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    made.add_argument("set", choices=SETS)
    made.add_argument("--seeds", type=int, default=3)
    made.add_argument("--n-jobs", type=int, default=1)
    made.add_argument("--models", nargs="+", help="in place of all")
    made.add_argument("--resume", help="a file that keeps the runs, should this be ended")
    made.add_argument("--report", help="an HTML file to be written")
    made.add_argument("--write", action="store_true", help="into benchmarks/results")
    given = made.parse_args()
    load, title = SETS[given.set]
    models, data, settings = load()
    begin = time.perf_counter()
    found = keraseq.compare(
        given.models or models,
        *data,
        parameter_budget=BUDGET,
        n_seeds=given.seeds,
        n_jobs=given.n_jobs,
        resume=given.resume,
        **settings,
    )
    minutes = (time.perf_counter() - begin) / 60
    print(found.summary())
    print(f"{minutes:.1f} minutes")
    if given.report:
        found.report(given.report)
    if given.write:
        shown = ["score", "low", "high", "parameters", "seconds", "latency_ms", "note"]
        write_section(
            f"The whole zoo at 50,000 weights: {title}",
            found.table[shown].rename_axis("model"),
            seeds=given.seeds,
            notes=f"{minutes:.0f} minutes, `n_jobs={given.n_jobs}`. What `summary()` says:\n\n"
            + textwrap.indent(found.summary(), "    "),
        )


if __name__ == "__main__":
    main()

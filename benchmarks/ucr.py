"""Twenty problems of the UCR archive, one architecture at its defaults, beside published figures.

python benchmarks/ucr.py --seeds 0                    # an hour on two cores
python benchmarks/ucr.py --seeds 0 1 2 3 4            # single networks, and their ensemble
python benchmarks/ucr.py --models inception_time gru MiniROCKET --problems Coffee GunPoint
python benchmarks/ucr.py --problems BasicMotions JapaneseVowels --models gru fcn resnet_1d
python benchmarks/ucr.py --resamples 3                # also on three other splits
KERAS_BACKEND=jax python benchmarks/ucr.py --jobs 8   # processes that share a graphics card
python benchmarks/ucr.py --folds 3 --set learning_rate=.003   # choose on the training rows alone

Every fit is ``SequenceClassifier(MODEL, random_state=SEED)`` on the published training part, scored
once on the published test part; nothing is chosen for a problem. The ensemble is the mean of the
probabilities of those same fits. Each fit is a line of a file of records, so that a run that was
cut goes on where it stopped, and runs of several machines can be joined: `--records` takes the
file, `--table` writes the table of what is in it. Processes that share a card need a bound on its
memory (XLA_PYTHON_CLIENT_MEM_FRACTION=.065 for ten). Published figures: single networks are means
of five runs (Ismail-Fawaz et al. 2023), MiniROCKET's of tsml-eval.
"""

import argparse
import ast
import concurrent.futures
import fcntl
import json
import multiprocessing
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Several processes on one graphics card.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")

import numpy as np
import pandas as pd

import keraseq
from keraseq.baselines import Facts, rivals_of
from keraseq.datasets import fetch_ucr
from keraseq.training.pool import POOL

PROBLEMS = (
    *("ArrowHead", "BME", "CBF", "Chinatown", "Coffee", "ECG200", "ECGFiveDays", "FaceFour"),
    *("GunPoint", "ItalyPowerDemand", "Lightning7", "MoteStrain", "PowerCons"),
    *("SonyAIBORobotSurface1", "SwedishLeaf", "SyntheticControl", "ToeSegmentation1", "Trace"),
    *("TwoLeadECG", "UMD"),
)
UEA = ("BasicMotions", "JapaneseVowels")
PUBLISHED = {  # means of the twenty on the published split
    "1-nearest neighbour (Euclidean)": 0.8235,
    "FCN": 0.9456,
    "LITE": 0.9478,
    "ResNet": 0.9528,
    "Inception": 0.9550,
    "InceptionTime, five": 0.9575,
    "MiniROCKET": 0.9601,
}


_PRINTED = ("model", "resample", "seed", "fold", "settings", "accuracy", "fit_seconds")


def load(problem, resample):
    """Return the published split, or another of the same rows and sizes, class by class."""
    parts = [fetch_ucr(problem, subset=part, return_X_y=True) for part in ("train", "test")]
    if resample == 0:
        return parts
    X, y = (np.concatenate(both) for both in zip(*parts, strict=True))
    draw = np.random.default_rng(resample)
    train = [
        draw.permutation(np.flatnonzero(y == label))[: np.count_nonzero(parts[0][1] == label)]
        for label in np.unique(y)
    ]
    in_train = np.isin(np.arange(len(y)), np.concatenate(train))
    return (X[in_train], y[in_train]), (X[~in_train], y[~in_train])


def folds(problem, n):
    """Yield splits of the training rows alone."""
    from sklearn.model_selection import StratifiedKFold

    X, y = fetch_ucr(problem, return_X_y=True)
    n = min(n, np.unique(y, return_counts=True)[1].min())
    for train, held in StratifiedKFold(n, shuffle=True, random_state=0).split(X, y):
        yield (X[train], y[train]), (X[held], y[held])


def make_estimator(model, seed, settings, n_rows):
    """A model of the zoo, or a rival of a comparison by its name there."""
    if model in keraseq.list_models():
        settings = dict(settings)
        if "steps" in settings:
            batches = -(-n_rows // settings.get("batch_size", 16))
            settings["epochs"] = -(-settings.pop("steps") // batches)
        return keraseq.SequenceClassifier(model, random_state=seed, **settings)
    rivals = rivals_of(Facts("classification", "series"))
    if model not in rivals:
        raise SystemExit(f"{model!r} is neither in the zoo nor one of {', '.join(rivals)}.")
    rival = rivals[model]
    seeds = [name for name in rival.get_params() if name.rpartition("__")[2] == "random_state"]
    return rival.set_params(**dict.fromkeys(seeds, seed))


def probabilities_of(estimator, X):
    """Those of each class; of a rival that gives none, its answer."""
    if hasattr(estimator, "predict_proba"):
        return estimator.predict_proba(X)
    return (estimator.predict(X)[:, None] == estimator.classes_).astype(float)


def fit(job, path):
    """Make the fits of one problem, and write each as soon as it is done."""
    done = {identity(record) for record in read(path)}
    model, problem, resample, seeds, n_folds, settings = job
    splits = list(folds(problem, n_folds)) if n_folds else [load(problem, resample)]
    for seed in seeds:
        for fold, ((X, y), (X_test, y_test)) in enumerate(splits):
            record = {"model": model, "problem": problem, "resample": resample, "seed": seed}
            record |= {"fold": fold if n_folds else None, "settings": settings}
            if identity(record) in done:
                continue
            begin = time.perf_counter()
            estimator = make_estimator(model, seed, settings, len(y)).fit(X, y)
            record["fit_seconds"] = round(time.perf_counter() - begin, 1)
            probabilities = probabilities_of(estimator, X_test)
            truth = np.searchsorted(estimator.classes_, y_test)
            record["accuracy"] = float(np.mean(probabilities.argmax(axis=1) == truth))
            if not n_folds:
                record["truth"] = truth.tolist()
                record["probabilities"] = probabilities.round(4).tolist()
            write(record, path)
            print(problem, *(record[name] for name in _PRINTED), flush=True)


def identity(record):
    names = ("model", "problem", "resample", "seed", "fold", "settings")
    return json.dumps([record[name] for name in names], sort_keys=True)


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def write(record, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(json.dumps(record) + "\n")


def accuracies(records, model, resample):
    """Return `(problems, seeds)` of the seeds that every problem has, and the problems."""
    found = {}
    for record in records:
        if label(record) == model and record["resample"] == resample and record["fold"] is None:
            found.setdefault(record["problem"], {})[record["seed"]] = record
    problems = sorted(found)
    seeds = sorted(set.intersection(*(set(found[problem]) for problem in problems)))
    return [[found[problem][seed] for seed in seeds] for problem in problems], problems, seeds


def label(record):
    settings = ", ".join(f"{name}={value!r}" for name, value in record["settings"].items())
    return f"{record['model']} ({settings})" if settings else record["model"]


def ensemble(fits):
    """The accuracy of the mean of the probabilities of one problem's fits."""
    mean = np.mean([record["probabilities"] for record in fits], axis=0)
    return float(np.mean(mean.argmax(axis=1) == fits[0]["truth"]))


def standard_error(fits):
    """Of the mean over problems and seeds: test rows drawn anew, and seeds drawn anew."""
    scores = np.array([[record["accuracy"] for record in of_problem] for of_problem in fits])
    rows = np.array([len(of_problem[0]["truth"]) for of_problem in fits])
    of_rows = np.sum(scores.mean(axis=1) * (1 - scores.mean(axis=1)) / rows) / len(rows) ** 2
    n_seeds = scores.shape[1]
    of_seeds = scores.mean(axis=0).var(ddof=1) / n_seeds if n_seeds > 1 else 0.0
    return float(np.sqrt(of_rows + of_seeds))


def summarise(records):
    """A line for each model and resample, and a line for each problem."""
    lines, by_problem = [], {}
    keys = {(label(r), r["resample"]) for r in records if r["fold"] is None}
    for model, resample in sorted(keys):
        fits, problems, seeds = accuracies(records, model, resample)
        if not seeds:
            continue
        single = [float(np.mean([r["accuracy"] for r in of_problem])) for of_problem in fits]
        together = [ensemble(of_problem) for of_problem in fits]
        lines.append(
            {
                "model": model,
                "split": f"resample {resample}" if resample else "published",
                "problems": len(problems),
                "seeds": len(seeds),
                "mean": np.mean(single),
                "standard error": standard_error(fits),
                "ensemble": np.mean(together) if len(seeds) > 1 else None,
                "minutes a seed": sum(r["fit_seconds"] for f in fits for r in f) / len(seeds) / 60,
            }
        )
        if not resample:
            for problem, one, all_ in zip(problems, single, together, strict=True):
                row = by_problem.setdefault(problem, {"problem": problem})
                row[model] = one
                row |= {f"{model}, ensemble": all_} if len(seeds) > 1 else {}
    if not _is_uea(records):
        published = PUBLISHED.items()
        lines += [{"model": f"{name} (published)", "mean": mean} for name, mean in published]
    return lines, list(by_problem.values())


def _is_uea(records):
    """Whether these are of problems of several channels, which stand in tables of their own."""
    return {record["problem"] for record in records} <= set(UEA)


def print_table(rows):
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.4f}".format, na_rep=""))


def print_folds(records):
    """Means over folds and problems of each model and its settings, on training rows."""
    frame = pd.DataFrame([r for r in records if r["fold"] is not None])
    frame["settings"] = frame["settings"].map(json.dumps)
    means = frame.groupby(["model", "settings", "problem"])["accuracy"].mean().unstack()
    means["mean"] = means.mean(axis=1)
    print(means.to_string(float_format="{:.3f}".format))


def main():
    arguments = parse()
    path = arguments.records
    if not arguments.table:
        jobs = [
            (model, problem, resample, [seed], arguments.folds, arguments.set)
            for seed in arguments.seeds
            for resample in range(arguments.resamples + 1)
            for model in arguments.models
            for problem in sorted(arguments.problems, key=steps_of, reverse=arguments.jobs > 1)
        ][arguments.shard[0] :: arguments.shard[1]]
        run(jobs, path, arguments.jobs)
    records = read(path)
    if any(record["fold"] is not None for record in records):
        print_folds(records)
    lines, by_problem = summarise(records)
    print_table(lines)
    print_table(by_problem)
    if arguments.table:
        write_tables(lines, by_problem, records)


def run(jobs, path, n_jobs):
    if n_jobs == 1:
        run_in_turn(jobs, path)
        return
    context = multiprocessing.get_context("spawn")
    problems = list(dict.fromkeys(job[1] for job in jobs))
    with concurrent.futures.ProcessPoolExecutor(n_jobs, mp_context=context) as pool:
        parts = [[j for j in jobs if j[1] in problems[i::n_jobs]] for i in range(n_jobs)]
        for done in [pool.submit(run_in_turn, part, path) for part in parts]:
            done.result()


def run_in_turn(jobs, path):
    # A problem's models wait for its next seed, so that each is compiled once.
    with POOL.room(len({job[:3] for job in jobs})):
        for job in jobs:
            fit(job, path)


def steps_of(problem):
    return max(map(len, fetch_ucr(problem).data))


def write_tables(lines, by_problem, records):
    from _results import write_section

    command = "python benchmarks/ucr.py --records FILE --table"
    again = [line for line in lines if str(line.get("split")).startswith("resample")]
    if by_problem:
        seeds = sorted({record["seed"] for record in records if not record["resample"]})
        once = [line for line in lines if line not in again]
        terms = {"seeds": seeds, "command": command}
        if _is_uea(records):
            by_model = pd.DataFrame(by_problem).set_index("problem").T.rename_axis("model")
            write_section("UEA, problems of several channels", by_model, notes=_UEA, **terms)
        else:
            write_section("UCR, 20 problems", once, notes=_NOTES, zoo=_OF_THE_ZOO, **terms)
            write_section("UCR, problem by problem", by_problem, **terms)
    if again:
        seeds = sorted({record["seed"] for record in records if record["resample"]})
        title = f"{'UEA' if _is_uea(records) else 'UCR'}, resamples"
        write_section(title, again, notes=_RESAMPLES, seeds=seeds, command=command)


_OF_THE_ZOO = {"UCR 20, accuracy": "mean"}
_NOTES = """\
Accuracy on the published test parts, the mean over problems; `SequenceClassifier(model,
random_state=seed)` with nothing set. The ensemble is the mean of the probabilities of the same
fits. Standard error: of test rows drawn anew and, with several seeds, of seeds drawn anew."""
_UEA = """\
Accuracy on the published test parts, the mean of the seeds; `SequenceClassifier(model,
random_state=seed)` with nothing set. Published: JapaneseVowels ConvTran .989, FCN .973 to .993,
InceptionTime .970; BasicMotions 1.0 of ResNet, InceptionTime and ROCKET."""
_RESAMPLES = """\
A resample draws training and test part anew from both, class by class and of the same sizes; else
as on the published split."""


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=["inception_time"])
    parser.add_argument("--problems", nargs="+", default=list(PROBLEMS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--resamples", type=int, default=0)
    parser.add_argument("--folds", type=int, help="score on so many parts of the training rows")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    parser.add_argument("--records", type=Path, default=Path("ucr.jsonl"))
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--shard", default="0/1", help="i/n: the i-th of n parts of the work")
    parser.add_argument(
        "--table", action="store_true", help="fit nothing, write the records' table"
    )
    arguments = parser.parse_args()
    arguments.set = {
        name: value(text) for name, _, text in (s.partition("=") for s in arguments.set)
    }
    arguments.shard = tuple(map(int, arguments.shard.split("/")))
    return arguments


def value(text):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


if __name__ == "__main__":
    main()

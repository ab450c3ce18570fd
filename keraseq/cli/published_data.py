"""The data sets that --data names."""

import numpy as np

from keraseq import datasets
from keraseq._checks import nearest_names
from keraseq.cli.labelled_rows import LabelledRows
from keraseq.cli.many_series import ManySeries, check_horizon, check_season

SEASONS = {"co2": 12, "sunspots": 11, "etth1": 24}


def _reviews(subset):
    """Generate 3,000 different sentences; the last 1,000 are the test part."""
    made = datasets.make_reviews(4_000, random_state=0)
    unique = list(dict(zip(made.data, made.target, strict=True)).items())[:3_000]
    made.data, made.target = zip(
        *(unique[:2_000] if subset == "train" else unique[2_000:]), strict=True
    )
    made.update(data=list(made.data), target=np.array(made.target))
    return made


TEXTS = {
    "reviews": _reviews,
    "python_docs": datasets.load_python_docs,
    "imdb": datasets.fetch_imdb,
    "sst2": datasets.fetch_sst2,
    "trec": datasets.fetch_trec,
    "airline_tweets": datasets.fetch_airline_tweets,
}


def published_texts(options):
    """Load texts by name, their classes in words."""
    _check_name(options.data, TEXTS)
    train, test = (TEXTS[options.data](subset=part) for part in ("train", "test"))
    for part in (train, test):
        part.target = np.array(part.target_names)[part.target]
    return _as_published(train, test, "generated" if options.data == "reviews" else "fixed")


def published_series_of_classes(options):
    """Load digits as series, or a data set of the UCR and UEA archives by name."""
    try:
        if options.data == "digit_rows":
            parts = [datasets.load_digit_rows(subset=part) for part in ("train", "test")]
        else:
            parts = [datasets.fetch_ucr(options.data, subset=part) for part in ("train", "test")]
    except ValueError as error:
        raise ValueError(
            f"--data {options.data}: {error} Or give digit_rows, or a file ending in .csv."
        ) from None
    return _as_published(*parts, "fixed")


def _as_published(train, test, kind):
    said = f"{kind}: {len(train.data):,} training and {len(test.data):,} test rows"
    return LabelledRows(train.data, train.target, test.data, test.target, said)


def _check_name(name, known):
    if name not in known:
        raise ValueError(
            f"--data {name} is not known; give {', '.join(known)}, or a file ending in .csv."
            f"{nearest_names(name, known)}"
        )


def published_series(options, horizon):
    """Load a series by name."""
    name = options.data
    _check_name(name, SEASONS)
    n_train = None
    if name == "etth1":
        bunch = datasets.fetch_ett("ETTh1", subset="all")
        (_, n_train), (start, end) = bunch.borders["train"], bunch.borders["test"]
        train = bunch.data[:n_train]
        y = (bunch.data[:end] - train.mean()) / train.std(ddof=0)
        split = f"published: rows to {n_train:,} train, from {start:,} on test"
    else:
        y = getattr(datasets, f"load_{name}")().data.to_frame()
        start = len(y) - len(y) // 5
        split = f"the last fifth as test, from row {start:,} on"
    check_horizon(f"--data {name}", len(y), len(y) - start, horizon)
    check_season(options.season, start)
    frame = y.rename_axis("date").reset_index()
    starts, season = {None: start}, options.season or SEASONS[name]
    return ManySeries(frame, "date", list(y), starts, split, n_train=n_train, season=season)

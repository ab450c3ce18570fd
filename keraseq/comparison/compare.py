"""Which architecture is really better here?"""

import importlib
import logging
import platform
import warnings

import joblib
import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

import keraseq
from keraseq._checks import check_integer
from keraseq.comparison._call import call_code
from keraseq.comparison._entry import draw_seed
from keraseq.comparison._fingerprint import HEADER_PACKAGES, fingerprint
from keraseq.comparison._journal import Journal
from keraseq.comparison._read_data import read_data
from keraseq.comparison._read_models import check_parallel, make_entries, read_models
from keraseq.comparison._rival_entries import make_baselines
from keraseq.comparison._runner import run_jobs
from keraseq.comparison.comparison import Comparison
from keraseq.training.pool import POOL
from keraseq.training.workers import find_workers

_logger = logging.getLogger(__name__)
_SPLITS = 2  # in a seed's place: models are 0, baselines 1


def compare(
    models,
    X,
    y=None,
    *,
    task=None,
    parameter_budget=None,
    flop_budget=None,
    n_seeds=5,
    cv=None,
    test=None,
    season=None,
    baselines=True,
    tune=None,
    n_jobs=None,
    estimator_params=None,
    random_state=0,
    verbose=1,
    resume=None,
):
    """Compare sequence models on the same data, splits, size and effort, and say what is luck.

    Every model is fitted several times; each run cuts its own split, the same for all models, and
    each fit has its own seed. The result tells pair by pair whether the difference is more than
    the luck of split and seed.

    Parameters
    ----------
    models : list or dict name -> model
        Names of :func:`keraseq.list_models`, registered functions, estimators of keraseq, or any
        scikit-learn estimator that reads X. A list names its entries by zoo name or class; the
        second of a name is ``name-2``.
    X, y : as of the estimators
        For a forecast X is the series and y is left out; for a language model X is one long
        string, or texts or lists of tokens, and y is left out.
    task : {"classification", "multilabel", "regression", "tagging", "forecasting", \
"language_model"}, optional
        Inferred from X and y where it can be; texts without y need it. Language models are scored
        by minus nats a token, and a character where their tokenizers differ (an end is one).
    parameter_budget, flop_budget : int, optional
        The size of every estimator of ours, in place of its ``units``; one of the two. A model
        without a size to solve for takes part at its own: the table's note and the summary say so.
    n_seeds : int, default=5
        Runs. With splits of their own, five find a difference of 3.5 standard deviations of a run
        in 80 % of comparisons, ten one of 2.5; on a fixed test set five find one of 2. One gives a
        table without verdicts.
    cv : int, splitter or iterable, optional
        A run for each of its splits, in place of `n_seeds` stratified 80/20 splits (of
        `n_seeds` rolling origins for a forecast). One long text is always judged by its last
        part.
    test : tuple (X, y), optional
        A fixed test set; runs then differ in their seed alone, and the verdict is about these
        rows. For a forecast: the series that follows X. For a language model: texts, or a share,
        which is cut from the end of one long text (0.2 by default), or of texts drawn once.
    season : int, optional
        Steps of a season of the series to forecast, for MASE and the seasonal naive rival. By
        default MASE has that of the dates' step (24 for hours, 7 for days, 12 for months), else 1,
        and the rival the one that would have forecast the training part best.
    baselines : bool, "all" or list of str, default=True
        Add the rivals of the task: naive ones and the best cheap ones. A score means little
        without them. What is slower than networks is added by "all" or by name alone, such as
        ``["default", "ETS"]``; a name that is not known gets those that are.
    tune : int, optional
        Trials of a search over learning rate, dropout and (without a budget) width, the same for
        each of our estimators, judged on a validation part of each run's training rows.
    n_jobs : int, optional
        Worker processes, one thread each, for what takes long enough to gain by them (a worker
        takes 9 s and 820 MB to start); smaller work runs in process, and the progress bar says so.
        Seconds and latencies of a table are of fits with one number of threads all the same.
        Within ``joblib.parallel_config(backend=...)`` all fits go to the workers of that backend,
        of a Dask cluster for instance (docs/scaling.md), and None takes as many as it has. A fit
        whose worker dies is tried once more, and is then a row with that error.
    estimator_params : dict, optional
        Parameters of the estimators made from names, such as ``{"epochs": 10}``. By default all
        have the same maximum of epochs and the same rule of early stopping.
    random_state : int, RandomState or None, default=0
        A fit's seed derives from it, the place of its model in `models` and the run.
    verbose : int, default=1
        1 shows a progress bar with the time left, in a terminal or notebook, for work of more
        than a few seconds.
    resume : path-like, optional
        A file that keeps finished runs. Given again after a crash, what it holds is not
        computed again; failed runs are, and with a larger `n_seeds` only the new ones (of a
        forecast it moves all origins, which takes another file). A model whose parameters or code
        changed (your own functions, classes and what they use) is computed again; a file of other
        versions of keraseq, Keras or its backend is refused.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError, TypeError
        For an unknown model, no model, an estimator without ``predict``, a budget below the
        smallest model, a task that cannot be inferred, a series whose training part repeats
        itself exactly (MASE has nothing to divide by), or with workers a function that cannot be
        sent to them: before anything is computed.
    RuntimeError
        If workers lack keraseq, or have another version of it, of Keras or of TensorFlow.

    Warns
    -----
    UserWarning
        If rows of the fixed test set are training rows too.

    Examples
    --------
    >>> import keraseq
    >>> from keraseq.datasets import make_reviews
    >>> X, y = make_reviews(100, return_X_y=True, random_state=0)
    >>> result = keraseq.compare(
    ...     ["gru", "lstm"], X, y, n_seeds=2, estimator_params={"epochs": 1, "units": 4}, verbose=0
    ... )
    >>> sorted(result.table.index)
    ['NB-weighted n-grams', 'TF-IDF + logistic', 'gru', 'lstm', 'majority class']
    """
    asked = dict(locals())
    random_state = asked["random_state"] = _seed_number(random_state)
    n_seeds = check_integer("n_seeds", n_seeds, 1)
    tune = None if tune is None else check_integer("tune", tune, 1)
    if parameter_budget is not None and flop_budget is not None:
        raise ValueError("parameter_budget and flop_budget both set the size; give one.")
    budgets = {"parameter_budget": parameter_budget, "flop_budget": flop_budget}
    models = asked["models"] = read_models(models)
    data = read_data(models, X, y, task, test, estimator_params, season)
    entries = make_entries(models, data, estimator_params, budgets)
    data.learn_reading(entries)
    rivals, left_out = make_baselines(baselines, entries, data)
    entries += rivals
    workers = find_workers(n_jobs)
    check_parallel(entries, workers)
    _warn_of_overlap(data)
    split_seeds = [draw_seed(random_state, _SPLITS, run) for run in range(n_seeds)]
    splits = data.splits(cv, n_seeds, split_seeds)
    header = _header(data, splits, random_state, tune)
    # Each model is compiled once for all runs; with trials, for each setting tried.
    with POOL.room(len(entries) * (tune or 1)):
        _try_without_training(entries, data, splits[0])
        records = _run(entries, data, splits, header, random_state, tune, workers, verbose, resume)
    return Comparison(
        records,
        task=data.task,
        ratio=data.ratio(splits),
        paired=data.paired,
        splits=splits,
        about={
            "call": call_code(compare, asked),
            "data": data.describe(),
            "metric": data.metric,
            "rows": data.rows_in_words,
            "how": data.how,
            "versions": _versions(),
            "left out": left_out,
        },
    )


def _seed_number(random_state):
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return check_integer("random_state", int(random_state), 0)
    return int(check_random_state(random_state).randint(2**31 - 1))


def _warn_of_overlap(data):
    n = data.overlap()
    if n:
        warnings.warn(
            f"{n} of the {data.n_test} {data.test_in_words} of the test set are training "
            f"{data.test_in_words} too; their score says how well they are remembered.",
            stacklevel=3,
        )


def _try_without_training(entries, data, split):
    """Build each model of ours once, so that what cannot work is told before hours of fits."""
    X, y = data.small_part(split)
    refusals = []
    for entry in entries:
        if entry.ours is None or entry.ours not in (
            entry.estimator,
            getattr(entry.estimator, "estimator", None),
        ):
            continue
        trial = clone(entry.ours).set_params(epochs=0, early_stopping=False, callbacks=None)
        try:
            trial.fit(X) if y is None else trial.fit(X, y)
        except (ValueError, TypeError) as error:
            refusals.append((entry.name, error))
    if refusals:
        which = data.trial_words
        told = "\n".join(f"{name}, on the {which}: {error}" for name, error in refusals)
        raise type(refusals[0][1])(told) from refusals[0][1]


def _header(data, splits, random_state, tune):
    versions = _versions()
    return {
        "format": 2,
        "versions": {p: versions[p] for p in HEADER_PACKAGES if p in versions},
        "data": data.fingerprint(),
        "task": data.task,
        "random_state": random_state,
        "first_split": joblib.hash(splits[0]),
        "season": data.season,
        "tune": tune,
        **data.header(),
    }


def _run(entries, data, splits, header, random_state, tune, workers, verbose, resume):
    """Fit what the journal does not hold; return all records in the order of entries and runs."""
    journal = Journal(resume, header)
    prints = {entry.name: fingerprint(entry.estimator) for entry in entries}
    wanted, jobs = [], []
    for run, split in enumerate(splits):
        # Each run begins with another model, so that none is always first.
        for entry in entries[run % len(entries) :] + entries[: run % len(entries)]:
            about = _about(entry, run, split, entry.seed(random_state, run), prints[entry.name])
            wanted.append(about)
            if journal.find(entry.name, run, about["fingerprint"]) is None:
                jobs.append({"entry": entry, "split": split, "about": about})
    settings = {"n_trials": tune, "keep_rows": data.keeps_rows}
    if resume is not None and len(jobs) < len(wanted):
        _logger.info("%d of %d runs taken from %s", len(wanted) - len(jobs), len(wanted), resume)
    run_jobs(jobs, data, journal.add, settings, workers=workers, verbose=verbose)
    order = {entry.name: place for place, entry in enumerate(entries)}
    wanted.sort(key=lambda about: (order[about["model"]], about["run"]))
    return [journal.records[about["model"], about["run"]] for about in wanted]


def _about(entry, run, split, seed, print_):
    """The first part of a run's record: what is known before it is fitted."""
    return {
        "model": entry.name,
        "baseline": entry.is_baseline,
        "run": run,
        "seed": seed,
        "split": joblib.hash(split),
        "n_train": len(split.train),
        "note": "; ".join(entry.notes),
        "outside_budget": entry.outside_budget,
        "members": entry.members,
        "fingerprint": joblib.hash((print_, entry.notes, seed, split)),
    }


def _versions():
    import keras
    import sklearn

    backend = keras.config.backend()
    return {
        "keraseq": keraseq.__version__,
        "keras": keras.__version__,
        backend: importlib.import_module(backend).__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }

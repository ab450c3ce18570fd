"""What every recipe does: the command line, the data, errors as one paragraph, and printing."""

import argparse
import logging
import os
import sys
import textwrap
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow counts every model that is built in a row as a mistake.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

import keraseq
from keraseq import datasets
from keraseq._checks import check_choice, import_extra, nearest_names
from keraseq.models import model_file_names


def parser(text, *, model, data, columns):
    """Make the command line that all recipes share; `columns` are its options for CSV files."""
    made = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--model", default=model, help="a name of keraseq.list_models()")
    made.add_argument("--data", default=data, help="NAME of a data set, or FILE.csv")
    for name, meaning in columns.items():
        made.add_argument(f"--{name}", metavar="COLUMN", help=f"CSV file: column of the {meaning}")
    made.add_argument("--epochs", type=int, help="passes over the training rows")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--quick", action="store_true", help="few rows, one epoch: does it run?")
    made.add_argument("--save", metavar="FILE.keras", help="save the Keras model")
    made.add_argument("--plot", metavar="FILE.png", help="draw the result")
    return made


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small; give at least 1")
    return number


def main(run, options):
    """Run a recipe; what a user got wrong is one paragraph and exit status 2."""
    try:
        _check_options(options)
        run(options)
    except (ValueError, TypeError, OSError, ImportError) as error:
        text = " ".join(str(error).split())
        print(textwrap.fill(f"Error: {text}", 100, break_long_words=False), file=sys.stderr)
        sys.exit(2)


def start_tensorflow():
    """Import TensorFlow without its notices on this processor, which no setting silences.

    Called once the data are there, so that a mistake in the command line is told at once.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow  # noqa: F401
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _check_options(options):
    """Refuse, before anything is computed, what would fail after the training."""
    for name in options.model.split(","):
        check_choice("--model", name, model_file_names())
    for option, ending in (("save", ".keras"), ("plot", ".png")):
        path = getattr(options, option)
        if path and not path.endswith(ending):
            raise ValueError(f"--{option} {path}: the name must end in {ending}.")
        if path and not Path(path).absolute().parent.is_dir():
            raise FileNotFoundError(f"--{option} {path}: there is no such folder; make it first.")
    if options.plot:
        import_extra("matplotlib", "plot")


def is_csv(options):
    return options.data.lower().endswith(".csv")


def read_csv(options, *columns):
    """Read the CSV file of --data, which must hold the columns that these options name."""
    path = options.data
    if not os.path.isfile(path):
        raise FileNotFoundError(f"--data {path}: there is no such file.")
    try:
        frame = pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"--data {path} is not a readable CSV file: {error}.") from None
    held = ", ".join(map(str, frame.columns[:30]))
    for option in columns:
        column = getattr(options, option.replace("-", "_"))
        if column is None:
            raise ValueError(f"--data {path} has the columns {held}: say which with --{option}.")
        if column not in frame:
            raise ValueError(f"--{option} {column}: {path} has no such column; it has {held}.")
    return frame


# Each: training rows, their classes, test rows, their classes, and a sentence on the split.
def text_data(options):
    """Load texts and their classes, by name or from a CSV file."""
    if not is_csv(options):
        return _published(options, TEXTS)
    frame = read_csv(options, "text-col", "label-col").dropna(
        subset=[options.text_col, options.label_col]
    )
    texts = frame[options.text_col].tolist()
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"--text-col {options.text_col} holds numbers, not texts.")
    return _split(options, texts, frame[options.label_col])


def series_data(options):
    """Load series and their classes, by name or from a CSV file with a series a row."""
    if not is_csv(options):
        if options.data == "digit_rows":
            return _published(options, {"digit_rows": datasets.load_digit_rows})
        return _published(options, {options.data: _ucr(options.data)})
    frame = read_csv(options, "label-col").dropna(subset=[options.label_col])
    labels = frame.pop(options.label_col)
    strange = frame.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]]
    if len(strange):
        raise ValueError(
            f"--data {options.data}: column {strange[0]} holds no numbers; every column beside "
            f"--label-col is a step of the series, so remove it from the file."
        )
    return _split(options, frame.to_numpy(dtype=float), labels)


def _split(options, X, labels):
    """Take a stratified fifth as the test part."""
    y = labels.to_numpy()
    counts = labels.value_counts()
    if len(counts) < 2 or counts.iloc[-1] < 2 or len(y) // 5 < len(counts):
        raise ValueError(
            f"--label-col {options.label_col} has {len(counts)} different values in {len(y)} rows"
            + (f", the rarest ({counts.index[-1]!r}) in {counts.iloc[-1]}" if len(counts) else "")
            + ". To classify, it takes 2 or more values, each in at least 2 rows, and 5 rows a "
            "value on average; join or drop the rare ones."
        )
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.2, random_state=options.seed, stratify=y
    )
    return X, y, X_test, y_test, f"a stratified fifth as test: {len(X):,} and {len(X_test):,} rows"


def _published(options, named):
    if options.data not in named:
        raise ValueError(
            f"--data {options.data} is not known; give {', '.join(named)}, or a file ending in "
            f".csv.{nearest_names(options.data, named)}"
        )
    parts = [named[options.data](subset=part) for part in ("train", "test")]
    (X, y), (X_test, y_test) = ((part.data, _names(part, named)) for part in parts)
    kind = "generated" if options.data == "reviews" else "fixed"
    return X, y, X_test, y_test, f"{kind}: {len(X):,} training and {len(X_test):,} test rows"


def _names(part, named):
    """Labels in words, where they are numbers of `target_names`."""
    return np.array(part.target_names)[part.target] if named is TEXTS else part.target


def _reviews(subset):
    """Generate 3,000 different sentences; the last 1,000 are the test part."""
    made = datasets.make_reviews(4_000, random_state=0)
    unique = list(dict(zip(made.data, made.target, strict=True)).items())[:3_000]
    made.data, made.target = zip(
        *(unique[:2_000] if subset == "train" else unique[2_000:]), strict=True
    )
    made.update(data=list(made.data), target=np.array(made.target))
    return made


def _ucr(name):
    def fetch(**arguments):
        try:
            return datasets.fetch_ucr(name, **arguments)
        except ValueError as error:
            raise ValueError(
                f"--data {name}: {error} Or give digit_rows, or a file ending in .csv."
            ) from None

    return fetch


TEXTS = {
    "reviews": _reviews,
    "python_docs": datasets.load_python_docs,
    "imdb": datasets.fetch_imdb,
    "sst2": datasets.fetch_sst2,
    "trec": datasets.fetch_trec,
    "airline_tweets": datasets.fetch_airline_tweets,
}


def any_data(options):
    """Load texts or series, whichever it is."""
    is_text = bool(options.text_col) if is_csv(options) else options.data in TEXTS
    return few(options, text_data(options) if is_text else series_data(options))


def few(options, data):
    """Keep 300 training and 200 test rows with --quick."""
    X, y, X_test, y_test, split = data
    if not options.quick:
        return X, np.asarray(y), X_test, np.asarray(y_test), split
    random = np.random.default_rng(options.seed)
    kept, kept_test = (random.permutation(len(rows))[:n] for rows, n in ((X, 300), (X_test, 200)))
    split += f"; --quick: {len(kept)} and {len(kept_test)} of them, one epoch"
    return _take(X, kept), np.asarray(y)[kept], _take(X_test, kept_test), y_test[kept_test], split


def _take(rows, index):
    return rows[index] if isinstance(rows, np.ndarray) else [rows[i] for i in index]


def epochs(options):
    default = 1 if options.quick else "auto"
    return default if options.epochs is None else options.epochs


def classify(options, data, baseline, baseline_name):
    """Fit, print what a reader needs to trust the score, and return model, X_test, y_test."""
    X, y, X_test, y_test, split = few(options, data)
    start_tensorflow()
    model = keraseq.SequenceClassifier(
        options.model, epochs=epochs(options), random_state=options.seed
    )
    seconds = timed(model.fit, X, y)
    score, rival = model.score(X_test, y_test), baseline.fit(X, y).score(X_test, y_test)
    print_lines(
        data=options.data,
        split=split,
        **about(options, model, seconds),
        accuracy=with_error(score, len(y_test)),
        baseline=f"{with_error(rival, len(y_test))} ({baseline_name})",
    )
    save(options, model)
    if options.plot:
        plot_history(options, model)
    return model, X_test, y_test


def timed(call, *arguments):
    """Call, and return the seconds that it took."""
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def about(options, model, seconds):
    size = f"{model.n_parameters_:,} parameters"
    if hasattr(getattr(model, "encoder_", None), "vocabulary_size_"):
        size += " beside the token embedding"
    training = f"{seconds:.0f} s, {model.n_iter_} epochs, seed {options.seed}"
    return {"model": f"{options.model}, {size}", "training": training}


def with_error(score, n):
    """A share of n test rows with its standard error."""
    return f"{score:.3f} ± {np.sqrt(score * (1 - score) / n):.3f}"


def print_lines(**lines):
    for name, value in lines.items():
        print(f"{name:9} {value}", flush=True)


def save(options, fitted):
    if options.save:
        import keras

        keras.Model(fitted.model_.input, fitted.model_.output).save(options.save)
        print_lines(saved=options.save)


def plot_history(options, fitted):
    axes = new_axes(title=f"{options.model} on {options.data}", xlabel="epoch", ylabel="loss")
    for name in ("loss", "val_loss"):
        values = fitted.history_.get(name, [])
        axes.plot(range(1, len(values) + 1), values, marker="o", label=name)
    axes.legend()
    save_plot(axes, options)


def new_axes(**labels):
    import_extra("matplotlib", "plot").use("Agg")
    import matplotlib.pyplot as plt

    axes = plt.subplots(layout="constrained", figsize=(7, 4))[1]
    axes.set(**labels)
    return axes


def save_plot(axes, options):
    axes.figure.savefig(options.plot, dpi=120)
    print_lines(plot=options.plot)

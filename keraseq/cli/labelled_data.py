"""The texts and series with classes that recipes read, and which of them are the test part."""

import numpy as np
from sklearn.model_selection import train_test_split

from keraseq import datasets
from keraseq._checks import nearest_names
from keraseq.cli.columns import complete_rows, holds_numbers, read_numbers
from keraseq.cli.tables import is_table, read_table


def read_file(options, *required, optional=()):
    """Read the file of --data, in which these options name columns."""
    named = []
    for name in (*required, *optional):
        given = getattr(options, name.replace("-", "_"))
        columns = given if isinstance(given, list) else [given]
        if name in required or given is not None:
            named += [(f"--{name}", column) for column in columns]
    settings = {"sep": options.sep, "encoding": options.encoding, "quotes": options.quotes}
    return read_table(options.data, named, **settings)


# Each: training rows, their classes, test rows, their classes, and a sentence on the split.
def text_data(options):
    """Load texts and their classes, by name or from a file."""
    if not is_table(options.data):
        return _published(options, TEXTS)
    table = read_file(options, "text-col", "label-col")
    rows, left_out = complete_rows(table, [options.text_col, options.label_col])
    texts = rows[options.text_col]
    if holds_numbers(texts):
        raise ValueError(f"--text-col {options.text_col} holds numbers, not texts.")
    return _split(options, texts.to_list(), rows[options.label_col], left_out)


def series_data(options):
    """Load series and their classes, by name or from a file with a series a row."""
    if not is_table(options.data):
        if options.data == "digit_rows":
            return _published(options, {"digit_rows": datasets.load_digit_rows})
        return _published(options, {options.data: _ucr(options.data)})
    table = read_file(options, "label-col")
    rows, left_out = complete_rows(table, [options.label_col])
    names = table.cells.columns
    is_step = (names != options.label_col) & ((names != "") | (table.cells != "").any().to_numpy())
    if is_step[0] and _counts_rows(table.cells.iloc[:, 0]):
        is_step[0] = False
        left_out += f"; left out the first column ({names[0]!r}), which counts the rows"
    advice = "Every column beside --label-col is a step of the series; remove what is none"
    advice += ", or for texts give --text-col." if hasattr(options, "text_col") else "."
    steps = rows.loc[:, is_step]
    values = read_numbers(table, steps, decimal=options.decimal, advice=advice)
    _check_inside(steps, values.isna().to_numpy())
    return _split(options, values.to_numpy(), rows[options.label_col], left_out)


def _check_inside(steps, is_missing):
    """Refuse missing steps that others follow; those at the end are those of a shorter series."""
    if not is_missing.shape[1]:
        raise ValueError("--data has no column beside --label-col; a series needs its steps.")
    follows = np.logical_or.accumulate(~is_missing[:, ::-1], axis=1)[:, ::-1]
    inside = np.argwhere(is_missing & follows)
    if len(inside):
        row, column = inside[0]
        raise ValueError(
            f"--data: row {steps.index[row]} has no number for {steps.columns[column]!r}, though "
            f"steps follow it ({len(inside):,} such cells): fill them."
        )


def _counts_rows(cells):
    """Whether this is no measurement but the number of each row, as pandas writes it."""
    first = cells.iloc[0]
    n = len(cells)
    return first in ("0", "1") and cells.tolist() == [str(int(first) + i) for i in range(n)]


def _split(options, X, labels, left_out):
    """Take a stratified fifth as the test part."""
    y = labels.to_numpy(dtype=str)
    counts = labels.value_counts()
    rarest = f", the rarest ({counts.index[-1]!r}) in {counts.iloc[-1]}" if len(counts) > 1 else ""
    if len(counts) < 2 or counts.iloc[-1] < 2 or len(y) // 5 < len(counts):
        is_count = len(counts) > 20 and holds_numbers(labels)
        raise ValueError(
            f"--label-col {options.label_col} has {len(counts)} "
            + ("value" if len(counts) == 1 else "different values")
            + f" in {len(y)} rows{rarest}{left_out}. To classify, it takes 2 or more values, each "
            "in at least 2 rows, and 5 rows a value on average; "
            + (
                "numbers are for keraseq.SequenceRegressor."
                if is_count
                else "join or drop rare ones."
            )
        )
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.2, random_state=options.seed, stratify=y
    )
    split = f"a stratified fifth as test: {len(X):,} and {len(X_test):,} rows{left_out}"
    known = {_key(row) for row in X}
    n_known = sum(_key(row) in known for row in X_test)
    if n_known:
        split += f"; {n_known:,} of the test rows are training rows too"
    return X, y, X_test, y_test, split


def _key(row):
    return row if isinstance(row, str) else row.tobytes()


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
    is_text = bool(options.text_col) if is_table(options.data) else options.data in TEXTS
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

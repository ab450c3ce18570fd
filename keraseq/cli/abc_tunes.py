"""The tunes that --data names."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from keraseq import datasets
from keraseq.cli.abc_notation import read_tune, split_tunes

_GENERATED, _QUICK = 600, 60


class Tunes(NamedTuple):
    """Training and test tunes in ABC notation, and what to print of the split."""

    train: list
    test: list
    split: str


def tune_data(options):
    """Load generated tunes, or those of an ABC file or of all in a folder; a tenth is the test.

    Parameters
    ----------
    options : argparse.Namespace
        With `data`, "generated" or a path, `seed` and `quick`.

    Returns
    -------
    Tunes

    Raises
    ------
    ValueError, FileNotFoundError
        For no such file, and fewer than ten different tunes.
    """
    if options.data == "generated":
        tunes = datasets.make_tunes(_GENERATED, random_state=0).data
    else:
        tunes = _read(Path(options.data))
    tunes = list(dict.fromkeys(tunes))
    if len(tunes) < 10:
        raise ValueError(
            f"--data {options.data} has {len(tunes)} different tunes in ABC notation (each behind "
            "a line X:); a tenth of them is the test part, so that it takes ten or more."
        )
    order = np.random.default_rng(options.seed).permutation(len(tunes))
    order = order[:_QUICK] if options.quick else order
    n_test = max(1, len(order) // 10)
    test, train = ([tunes[i] for i in part] for part in (order[:n_test], order[n_test:]))
    quick = "; --quick: some of them, one epoch" if options.quick else ""
    return Tunes(train, test, f"a tenth as test: {len(train):,} and {len(test):,} tunes{quick}")


def _read(path):
    if not path.exists():
        raise FileNotFoundError(
            f"--data {path}: there is no such file; give generated, a file of tunes in ABC "
            "notation, or a folder of such files."
        )
    files = sorted(path.glob("*.abc")) if path.is_dir() else [path]
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files)
    return [tune for text in texts for tune in split_tunes(text)]


def full_bars(tunes):
    """Return how many bars of tunes have their metre's length, as a share."""
    read = [read_tune(tune) for tune in tunes]
    are_full = [bar == tune.meter for tune in read for bar in tune.bars]
    return float(np.mean(are_full)) if are_full else 0.0

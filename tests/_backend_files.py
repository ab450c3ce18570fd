"""Load what another backend has saved, compare, and save our own: FOLDER BACKEND TASK..."""

import sys
from pathlib import Path

import keras
import numpy as np
from _backend_cases import FITS, THEIRS, answers

import keraseq


def main(folder, theirs, *tasks):
    ours = keras.backend.backend()
    for task in tasks:
        found = answers(task, keraseq.load(Path(folder, f"{theirs}-{task}.keraseq")))
        expected = np.load(Path(folder, f"{theirs}-{task}.npy"))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5, err_msg=task)
    for task in THEIRS:
        model = FITS[task]()
        model.save(Path(folder, f"{ours}-{task}.keraseq"))
        np.save(Path(folder, f"{ours}-{task}.npy"), answers(task, model))
    assert ours == "tensorflow" or "tensorflow" not in sys.modules


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Saved models and what is wrong with a file that is none."""

import random

import numpy as np
import pytest

import keraseq


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    keraseq.gru((None, 2), 2, units=3, embedding_dim=4, seed=0).save(path)
    return path


def test_loading_takes_str_or_path_and_leaves_the_random_state_alone(saved):
    before = random.getstate()
    for path in (saved, str(saved)):
        assert keraseq.load_model(path).output_shape == (None, 2)
    assert random.getstate() == before


def test_a_loaded_model_goes_on_training(saved):
    model = keraseq.load_model(saved)
    history = model.fit(np.zeros((4, 3, 2), "float32"), np.arange(4) % 2, verbose=0)
    assert set(history.history) == {"loss", "accuracy"}


def test_a_missing_file_is_named(tmp_path):
    for path in (tmp_path / "absent.keras", tmp_path):
        with pytest.raises(FileNotFoundError, match="there is no such file"):
            keraseq.load_model(path)


@pytest.mark.parametrize("fault", ["truncated", "empty", "damaged", "another kind", "suffix"])
def test_a_file_that_is_no_whole_model_is_said_to_be_so(fault, saved, tmp_path):
    path = tmp_path / ("model.zip" if fault == "suffix" else "model.keras")
    content = saved.read_bytes()
    middle = len(content) // 2
    damaged = content[:middle] + bytes(b ^ 255 for b in content[middle : middle + 40])
    if fault == "another kind":
        with path.open("wb") as file:
            np.savez(file, weights=np.zeros(3))
    else:
        path.write_bytes(
            {
                "truncated": content[:middle],
                "empty": b"",
                "damaged": damaged + content[middle + 40 :],
                "suffix": content,
            }[fault]
        )
    with pytest.raises(ValueError, match=r"path=.* is not a whole \.keras file"):
        keraseq.load_model(path)

"""Saved models and what is wrong with a file that is none."""

import pickle
import random
import threading
import time

import h5py
import joblib
import keras
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
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        keraseq.load_model(tmp_path / "absent.keras")


def write(path, what):
    """Save something else than a `.keras` file, in the way that its users do."""
    if what == "joblib":
        joblib.dump(keraseq.SequenceClassifier(), path)
    elif what == "compressed":
        joblib.dump(keraseq.SequenceClassifier(), path, compress=3)
    elif what == "pickle":
        path.write_bytes(pickle.dumps(keraseq.SequenceClassifier()))
    elif what == "h5":
        with h5py.File(path, "w") as file:
            file["x"] = np.zeros(3)
    elif what == "folder":
        path.mkdir()
    elif what == "SavedModel":
        path.mkdir()
        (path / "saved_model.pb").write_bytes(b"")
    elif what == "npz":
        with path.open("wb") as file:
            np.savez(file, x=np.zeros(3))
    else:
        path.write_bytes(b"other")


@pytest.mark.parametrize(
    ("name", "what", "reader"),
    [
        ("x.joblib", "joblib", r"joblib\.load"),
        ("x.joblib", "compressed", r"joblib\.load"),
        ("x.pkl", "pickle", r"pickle\.load"),
        # By its content, whatever its name says.
        ("x.keras", "pickle", r"joblib\.load"),
        ("x.bin", "compressed", r"joblib\.load"),
        ("x.h5", "h5", r"keras\.saving\.load_model"),
        ("x.keras", "h5", r"ends in \.h5"),
        ("x.weights.h5", "h5", r"model\.load_weights"),
        ("x", "SavedModel", r"TFSMLayer"),
        ("x", "folder", r"is a folder"),
        ("x.npz", "npz", r"numpy\.load"),
        ("x.onnx", "other", r"onnxruntime"),
        ("x.tflite", "other", r"litert"),
        ("x.json", "other", r"model_from_json"),
    ],
)
def test_what_reads_another_kind_of_file_is_said(tmp_path, name, what, reader):
    write(tmp_path / name, what)
    with pytest.raises(ValueError, match=reader) as caught:
        keraseq.load_model(tmp_path / name)
    assert "damaged" not in str(caught.value)


def test_a_whole_model_by_another_name_is_to_be_renamed(saved, tmp_path):
    (tmp_path / "model.zip").write_bytes(saved.read_bytes())
    with pytest.raises(ValueError, match=r"rename it to model\.keras"):
        keraseq.load_model(tmp_path / "model.zip")


def test_who_loads_and_who_builds_take_turns(saved, monkeypatch):
    """Python's generator is one: what is built meanwhile has the weights of its seed."""
    expected = keraseq.lstm((None, 2), 2, units=3, seed=5).get_weights()
    loading, built = threading.Event(), []

    def build():
        loading.wait(10)
        built.append(keraseq.lstm((None, 2), 2, units=3, seed=5).get_weights())

    load = keras.saving.load_model

    def slowly(path):
        loading.set()
        # Without turns the other thread would build now, and have its seed taken from it.
        for _ in range(2000):
            random.random()
            time.sleep(0)
        return load(path)

    monkeypatch.setattr(keras.saving, "load_model", slowly)
    other = threading.Thread(target=build)
    other.start()
    state = random.getstate()
    keraseq.load_model(saved)
    other.join()
    assert random.getstate() == state
    for weights, wanted in zip(built[0], expected, strict=True):
        np.testing.assert_array_equal(weights, wanted)


@pytest.mark.parametrize("fault", ["truncated", "empty", "damaged", "another kind"])
def test_a_file_that_is_no_whole_model_is_said_to_be_so(fault, saved, tmp_path):
    path = tmp_path / "model.keras"
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
            }[fault]
        )
    with pytest.raises(ValueError, match=r"path=.* is not a whole \.keras file"):
        keraseq.load_model(path)

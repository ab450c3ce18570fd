"""Damaged and hostile files: refused with the reason, and nothing else happens."""

import io
import json
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from _artifacts import Parts, rezip
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import keraseq

RUNNER = Path(__file__).with_name("_load_hostile.py")
TEXTS, LABELS = ["a good film", "good fun", "a bad film", "bad, dull"] * 2, ["p", "p", "n", "n"] * 2


class Evil:
    """What unpickling runs."""

    def __reduce__(self):
        return exec, ("open('evil', 'w').close()",)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A classifier of texts, and a pipeline with a part that skops writes."""
    folder = tmp_path_factory.mktemp("good")
    path, pipeline = folder / "good.keraseq", folder / "pipeline.keraseq"
    clf = keraseq.SequenceClassifier("gru", units=4, epochs=1, random_state=0)
    clf.fit(TEXTS, LABELS).save(path)
    scaler = StandardScaler().fit(np.arange(6.0).reshape(3, 2))
    keraseq.save(make_pipeline(scaler, keraseq.SequenceClassifier(units=4)), pipeline)
    return path, pipeline


def damage(content, generator):
    """Yield (name, content) of 320 files that once were whole."""
    size = len(content)
    for place in generator.integers(0, size, 90):
        yield f"cut at {place}", content[:place]
    for place, bit in zip(
        generator.integers(0, size, 130), generator.integers(0, 8, 130), strict=True
    ):
        flipped = bytes([content[place] ^ (1 << int(bit))])
        yield f"bit {bit} of {place}", content[:place] + flipped + content[place + 1 :]
    for place in generator.integers(0, size - 40, 40):
        noise = generator.bytes(40)
        yield f"noise at {place}", content[:place] + noise + content[place + 40 :]
    for place in generator.integers(0, size - 100, 30):
        yield f"gap at {place}", content[:place] + content[place + 100 :]
    for place in generator.integers(0, size, 20):
        yield f"twice from {place}", content[:place] + content[place - 50 :]
    for number in range(10):
        yield f"behind {number}", content + generator.bytes(1 + number * 7)


def answers(good, folder):
    """What loading each file of a folder gave in a process that is watched."""
    done = subprocess.run(
        [sys.executable, str(RUNNER), ",".join(map(str, good)), str(folder)],
        capture_output=True, text=True, timeout=300, cwd=folder.parent, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.rpartition("RESULT ")[2])
    assert result["events"] == []
    assert not (folder.parent / "evil").exists()
    return result["outcomes"]


def test_damaged_files_are_refused_or_loaded_right(good, tmp_path):
    folder = tmp_path / "damaged"
    folder.mkdir()
    names = []
    for number, (name, content) in enumerate(
        damage(good[0].read_bytes(), np.random.default_rng(0))
    ):
        names.append(name)
        (folder / f"{number:03}.keraseq").write_bytes(content)
    outcomes = dict(zip(names, answers(good, folder).values(), strict=True))
    assert len(names) == 320
    assert [name for name, outcome in outcomes.items() if "otherwise" in outcome] == []
    # A bit of a date or of an owner's rights says nothing of the content.
    loaded = [name for name, outcome in outcomes.items() if outcome == "loaded"]
    assert len(loaded) < 20
    assert all("path=" in outcomes[name] for name in names if name not in loaded)


def members(change):
    """A file whose zip is changed."""
    return lambda good, path: rezip(good[0], path, change)


def crafted(change, which=0):
    """A file of right hashes whose content is changed."""

    def make(good, path):
        parts = Parts(good[which])
        change(parts)
        parts.write(path)

    return make


def added(name):
    return members(lambda known: [*known, (zipfile.ZipInfo(name), b"evil")])


def twice(known):
    return [*known, (zipfile.ZipInfo("state.json"), b"{}")]


def bomb(known):
    info = zipfile.ZipInfo("state.json")
    info.compress_type = zipfile.ZIP_DEFLATED
    return [(i, d) for i, d in known if i.filename != "state.json"] + [(info, b" " * 50_000_000)]


def small_words_for_a_bomb(good, path):
    """Directory and manifest say that the part is small; what is packed there is not."""

    def change(known):
        info, data = known[0]
        described = json.loads(data)
        described["parts"]["state.json"]["size"] = 5_000
        return [(info, json.dumps(described).encode()), *bomb(known[1:])]

    rezip(good[0], path, change)
    content, size = path.read_bytes(), (50_000_000).to_bytes(4, "little")
    assert size in content
    path.write_bytes(content.replace(size, (5_000).to_bytes(4, "little")))


def encrypted(good, path):
    content = bytearray(good[0].read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(content)


def root(value):
    return crafted(lambda parts: parts.state.update(root=value))


def pickled_arrays(parts):
    parts.arrays, parts.parts["arrays.safetensors"] = None, pickle.dumps(Evil())


def array_header(change):
    """Arrays whose header is changed, the hash of all being right."""

    def make(parts):
        data = parts.parts["arrays.safetensors"]
        size = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + size])
        change(header, next(iter(header)))
        text = json.dumps(header).encode()
        packed = len(text).to_bytes(8, "little") + text + data[8 + size :]
        parts.arrays, parts.parts["arrays.safetensors"] = None, packed

    return crafted(make)


def optimizer(config):
    def make(parts):
        parts.object("ZooBlueprint")["optimizer"] = json.dumps(config)

    return crafted(make)


def scheme(change):
    """A part of skops's whose description is changed."""

    def make(parts):
        name = "sklearn/0.skops"
        file = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(parts.parts[name])) as old,
            zipfile.ZipFile(file, "w") as new,
        ):
            for info in old.infolist():
                data = old.read(info)
                if info.filename == "schema.json":
                    described = json.loads(data)
                    change(described)
                    data = json.dumps(described).encode()
                elif change is pickled_npy:
                    data = pickle.dumps(Evil())
                new.writestr(info.filename, data)
        parts.parts[name] = file.getvalue()

    return crafted(make, which=1)


def pickled_npy(described):
    """The arrays beside it are pickles."""


def nested_bomb(parts):
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.npy", b" " * 50_000_000)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("sparse.npz", inner.getvalue())
    parts.parts["sklearn/0.skops"] = outer.getvalue()


def of_class(module, name, loader):
    return scheme(
        lambda d: d.update(__module__=module, __class__=name, __loader__=loader, content=None)
    )


def manifest(**values):
    def make(good, path):
        def change(known):
            info, data = known[0]
            return [(info, json.dumps({**json.loads(data), **values}).encode()), *known[1:]]

        rezip(good[0], path, change)

    return make


def wrong_shape(parts):
    name = next(n for n, array in parts.arrays.items() if array.ndim == 2)
    parts.arrays[name] = np.ascontiguousarray(parts.arrays[name].T)


LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wAAAAA="}}},
    "registered_name": None,
}
HOSTILE = {
    "a pickle": lambda good, path: path.write_bytes(pickle.dumps(Evil())),
    "a pickle for the arrays": crafted(pickled_arrays),
    "a name that leads up": added("../evil"),
    "an absolute name": added("/tmp/evil"),
    "a name of Windows's": added("..\\evil"),
    "a folder": added("evil/"),
    "a part too many": added("evil.py"),
    "a part twice": members(twice),
    "a bomb": members(bomb),
    "a bomb that calls itself small": small_words_for_a_bomb,
    "an encrypted part": encrypted,
    "a part that the manifest leaves out": members(lambda known: known[:-1]),
    "a format of later": manifest(format_version=2, read_by="3.1 or later"),
    "a format that is no number": manifest(format_version=True),
    "another manifest": manifest(format="other"),
    "a class of another package": root({"object": ["subprocess.Popen", {"args": "touch evil"}]}),
    "a class of Python's": root({"object": ["builtins.eval", {}]}),
    "a class of ours that no artifact holds": root({"object": ["Checkpoint", {"path": "evil"}]}),
    "a function that nobody named": root({"function": "os.system"}),
    "a function to be imported": crafted(
        lambda parts: parts.manifest.update(needs={"system": {"what": "function", "where": "os"}})
    ),
    "a kind of need that there is not": crafted(
        lambda parts: parts.manifest.update(needs={"os": {"what": "module", "where": "os"}})
    ),
    "an architecture by its path": root({"architecture": "../../evil"}),
    "an architecture of ours with an underscore": root({"architecture": "_registry"}),
    "a task that there is not": root({"task": "evil"}),
    "a part of NumPy's as a function": root({"ufunc": ["testing"]}),
    "a part of Polars's as a frame": root({"polars": ["read_csv"]}),
    "a method that is none of text": root({"text_method": ["__class__"]}),
    "a time zone by its path": root({"zone": ["../../../etc/passwd"]}),
    "an estimator that is none": root({"list": [1, 2]}),
    "a value that holds itself": crafted(
        lambda p: p.state["objects"].insert(0, {"list": [{"ref": 0}]})
    ),
    "an object array": array_header(lambda h, name: h[name].update(dtype="O")),
    "an array of another dtype": array_header(
        lambda header, name: header[name].update(dtype="F64")
    ),
    "an array without end": array_header(lambda h, name: h[name].update(shape=[2**40, 2**40])),
    "an array of negative size": array_header(lambda h, name: h[name].update(shape=[-1, -8])),
    "arrays one over the other": array_header(
        lambda h, name: h[name].update(data_offsets=[8, 8 + h[name]["data_offsets"][1]])
    ),
    "text without end": root({"texts": ["<U1000000000", [1], ["a"]]}),
    "cells of another shape": root({"cells": [[2**40], []]}),
    "weights of another shape": crafted(wrong_shape),
    "more layers than weights": crafted(lambda p: p.object("Plan").update(num_layers=10**9)),
    "a layer of code as the optimizer": optimizer(LAMBDA),
    "a module as the optimizer": optimizer(
        {"module": "os", "class_name": "system", "config": "touch evil", "registered_name": None}
    ),
    "a download as the optimizer": optimizer(
        {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "file:///evil"}}
    ),
    "a function as the optimizer": optimizer(
        {"module": "keras.optimizers", "class_name": "deserialize", "config": {}}
    ),
    "a layer of code as the rate": optimizer(
        {"module": "keras.optimizers", "class_name": "Adam", "config": {"learning_rate": LAMBDA}}
    ),
    "an optimizer of somebody's": optimizer(
        {"module": None, "class_name": "X", "config": {}, "registered_name": "evil>X"}
    ),
    "a layer of code as the loss": crafted(
        lambda p: p.object("ZooBlueprint").update(loss={"dict": {"class_name": "Lambda"}})
    ),
    "skops: a function": of_class("os", "system", "FunctionNode"),
    "skops: a class": of_class("subprocess", "Popen", "ObjectNode"),
    "skops: a method": of_class("builtins", "exec", "MethodNode"),
    "skops: a type": of_class("builtins", "exec", "TypeNode"),
    "skops: a bomb in a zip in the zip": crafted(nested_bomb, which=1),
    "skops: pickled arrays": scheme(pickled_npy),
}


@pytest.fixture(scope="module")
def outcomes(good, tmp_path_factory):
    folder = tmp_path_factory.mktemp("watched") / "hostile"
    folder.mkdir()
    for number, make in enumerate(HOSTILE.values()):
        make(good, folder / f"{number:03}.keraseq")
    return dict(zip(HOSTILE, answers(good, folder).values(), strict=True))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_the_reason(name, outcomes):
    assert outcomes[name].startswith(("path=", "The file uses what is not keraseq's own"))


def test_a_file_of_another_version_names_the_one_that_reads_it(good, tmp_path):
    """As where a later version no longer knows a class."""

    def renamed(parts):
        parts.manifest["versions"]["keraseq"] = "0.0.1"
        parts.object("Plan")["num_layer"] = 1

    crafted(renamed)(good, tmp_path / "old.keraseq")
    with pytest.raises(keraseq.ArtifactError, match=r"of keraseq 0\.0\.1, which reads it"):
        keraseq.load(tmp_path / "old.keraseq")

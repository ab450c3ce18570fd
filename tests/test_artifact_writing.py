"""A file is there whole, the old one or the new one, whatever happens while it is written."""

import errno
import os
import subprocess
import sys
import textwrap

import pytest

import keraseq
from keraseq.encoding import TextEncoder

OLD, NEW = TextEncoder().fit(["old words"]), TextEncoder().fit(["new words", "and more"])


def vocabulary(path):
    return keraseq.load(path).vocabulary_


def let_fail(monkeypatch, place, number, when, error):
    """Let the call of this number fail, before or after it has done its work.

    Returns the list that the calls are counted in.
    """
    holder, name = place
    real, calls = getattr(holder, name), []

    def failing(*args, **kwargs):
        calls.append(name)
        if len(calls) != number:
            return real(*args, **kwargs)
        if when == "after":
            real(*args, **kwargs)
        raise error

    monkeypatch.setattr(holder, name, failing)
    return calls


class Counted:
    """A file of which each write and flush may fail."""

    def __init__(self, file):
        self._file = file

    def write(self, data):
        return self._file.write(data)

    def flush(self):
        return self._file.flush()

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()


@pytest.fixture
def opened(monkeypatch):
    """`open` within keraseq.export gives a file whose methods can be made to fail."""
    from keraseq.export import _replacing

    def counted(*args):
        return Counted(open(*args))

    monkeypatch.setattr(_replacing, "open", counted, raising=False)


PLACES = {
    "write": (Counted, "write"),
    "flush": (Counted, "flush"),
    "fsync": (os, "fsync"),
    "rename": (os, "replace"),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
@pytest.mark.usefixtures("opened")
def test_a_fault_leaves_the_old_file_or_the_new_one(place, when, error, tmp_path):
    """Of each call of its kind, one after the other, until a save comes through."""
    path, number, calls = tmp_path / "x.keraseq", 0, []
    while len(calls) >= number:
        number += 1
        keraseq.save(OLD, path)
        with pytest.MonkeyPatch.context() as patch:
            calls = let_fail(patch, PLACES[place], number, when, error)
            caught = None
            try:
                keraseq.save(NEW, path)
            except (keraseq.ArtifactError, KeyboardInterrupt) as raised:
                caught = raised
        is_new = caught is None or (place, when) == ("rename", "after")
        # The folder's own fsync comes when the file is there, and not every disk can do it.
        is_new |= place == "fsync" and number > 1
        assert vocabulary(path) == (NEW if is_new else OLD).vocabulary_
        assert os.listdir(tmp_path) == ["x.keraseq"]
        if isinstance(caught, keraseq.ArtifactError):
            assert "the disk is full" in str(caught)
    assert number > (20 if place == "write" else 1)


@pytest.mark.usefixtures("opened")
def test_a_full_disk_says_so_where_there_was_nothing(tmp_path, monkeypatch):
    error = OSError(errno.ENOSPC, "No space left on device")
    let_fail(monkeypatch, PLACES["write"], 1, "before", error)
    with pytest.raises(keraseq.ArtifactError, match=r"cannot be written: the disk is full\.$"):
        keraseq.save(NEW, tmp_path / "x.keraseq")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EACCES, "may not be written to"), (errno.EROFS, "only be read")]
)
def test_a_folder_that_may_only_be_read_is_said_to_be_one(number, words, tmp_path, monkeypatch):
    # Root may write everywhere, so that rights alone would show nothing.
    from keraseq.export import _replacing

    def refuse(*args):
        raise OSError(number, os.strerror(number))

    path = tmp_path / "x.keraseq"
    keraseq.save(OLD, path)
    monkeypatch.setattr(_replacing, "open", refuse, raising=False)
    with pytest.raises(keraseq.ArtifactError, match=f"{words}.*is as it was"):
        keraseq.save(NEW, path)
    assert vocabulary(path) == OLD.vocabulary_


def test_a_link_goes_on_pointing_and_rights_stay(tmp_path):
    path, link = tmp_path / "real.keraseq", tmp_path / "link.keraseq"
    keraseq.save(OLD, path)
    path.chmod(0o600)
    link.symlink_to(path)
    keraseq.save(NEW, link)
    assert link.is_symlink() and vocabulary(path) == NEW.vocabulary_
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", r"is a folder; give a file in it, such as .*model\.keraseq"),
        ("model", r"has no ending; .* ends in '\.keraseq': .*model\.keraseq"),
        ("model.joblib", r"ends in '\.joblib'; .*model\.keraseq"),
        ("absent/model.keraseq", "there is no such folder"),
        (f"{'long' * 80}.keraseq", "the name is too long"),
    ],
)
def test_where_no_file_can_be_is_said(name, words, tmp_path):
    with pytest.raises(keraseq.ArtifactError, match=words):
        keraseq.save(OLD, tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_equal_estimators_are_equal_files(tmp_path):
    for name in ("a", "b"):
        keraseq.save(TextEncoder().fit(["the same", "text"]), tmp_path / f"{name}.keraseq")
    assert (tmp_path / "a.keraseq").read_bytes() == (tmp_path / "b.keraseq").read_bytes()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_twenty_kills_leave_a_whole_file(tmp_path):
    """Each at a random moment of a process that does nothing but save."""
    path = tmp_path / "x.keraseq"
    program = f"""
        import os, random, signal, time
        import keraseq
        from keraseq.encoding import TextEncoder

        path, generator = {str(path)!r}, random.Random(0)
        words = [" ".join(f"word{{i}}" for i in range(n)) for n in (5_000, 8_000)]
        saved = [TextEncoder().fit([text]) for text in words]
        sizes = {{encoder.vocabulary_size_ for encoder in saved}}
        keraseq.save(saved[0], path)
        found = set()
        for _ in range(20):
            child = os.fork()
            if not child:
                while True:
                    for encoder in saved:
                        keraseq.save(encoder, path)
            time.sleep(generator.uniform(0.02, 0.15))
            os.kill(child, signal.SIGKILL)
            assert os.waitpid(child, 0)[1] == signal.SIGKILL
            found.add(keraseq.load(path).vocabulary_size_)
        assert found <= sizes, found
        print("whole", len(found))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.stdout == "whole 2\n", done.stderr

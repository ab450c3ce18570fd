"""Say what is in a saved estimator."""

from dataclasses import dataclass
from pathlib import Path

from keraseq.export._archive import open_archive

_MOST_COLUMNS = 6


def inspect(path):
    """Tell what is in a file of :func:`keraseq.save`, and that it is whole.

    No estimator is built, and neither Keras nor TensorFlow loaded.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    Artifact

    Raises
    ------
    FileNotFoundError, ArtifactError
        As of :func:`keraseq.load`.

    Examples
    --------
    >>> import keraseq, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "model.keraseq")
    >>> keraseq.SequenceClassifier("lstm", units=4).save(path)
    >>> keraseq.inspect(path)
    model.keraseq: SequenceClassifier, not fitted, ...
    """
    path = Path(path)
    with open_archive(path) as archive:
        archive.check()
        manifest = archive.manifest
        with archive.reading():
            names = ("format_version", "facts", "versions", "left_out", "needs", "card")
            artifact = Artifact(path.name, archive.size, *(manifest.get(name) for name in names))
            # Whether it says all that is shown.
            repr(artifact)
    return artifact


@dataclass(frozen=True)
class Artifact:
    """What a file of :func:`keraseq.save` says of itself.

    Attributes
    ----------
    name : str
    size : int
        Bytes.
    format_version : int
    facts : dict
        Class, task, model, number of weights, classes, vocabulary.
    versions : dict
        That wrote it.
    left_out : list of str
        Parameters that the file does not hold.
    needs : dict
        Functions and architectures of a user's that `load` must find, by name.
    card : str or None
        What `estimator.card()` wrote, in Markdown.
    """

    name: str
    size: int
    format_version: int
    facts: dict
    versions: dict
    left_out: list
    needs: dict
    card: str | None = None

    def __repr__(self):
        # Of a stranger's file: no code that moves a terminal's cursor.
        return "\n".join(
            "".join(sign if sign.isprintable() else "?" for sign in line) for line in self._lines()
        )

    def _lines(self):
        facts = self.facts
        what = [facts["class"], facts.get("task", "" if facts["fitted"] else "not fitted")]
        size = f"{self.size:,} bytes, format {self.format_version}"
        yield f"{self.name}: {', '.join(filter(None, [*what, size]))}"
        rows = {
            "steps": ", ".join(f"{name} ({kind})" for name, kind in facts.get("steps", ())),
            "model": self._model(),
            "starts from": facts.get("pretrained", ""),
            "classes": self._classes(),
            "vocabulary": f"{facts['vocabulary']:,} tokens" if "vocabulary" in facts else "",
            "forecasts": self._forecasts(),
            "reads": self._table(),
            "left out": "; ".join(self.left_out),
            "needs": "; ".join(
                f"{need['what']} {name!r} ({need['where']})" for name, need in self.needs.items()
            ),
            "written by": ", ".join(f"{name} {v}" for name, v in self.versions.items()),
        }
        for name, row in rows.items():
            if row:
                yield f"  {name:11} {row}"

    def _model(self):
        facts = self.facts
        if "model" not in facts:
            return ""
        members = f"{facts['members']} times " if "members" in facts else ""
        return f"{members}{facts['model']}, {facts['parameters']:,} weights"

    def _classes(self):
        facts = self.facts
        if "classes" not in facts:
            return ""
        shown = ", ".join(facts["classes"][:10])
        more = facts["n_classes"] - 10
        return f"{shown} and {more:,} more" if more > 0 else shown

    def _table(self):
        """The columns of the table that it was fitted on by the command line."""
        said = []
        for name, value in self.facts.get("table", {}).items():
            listed = value if isinstance(value, list) else [str(value)]
            more = len(listed) - _MOST_COLUMNS
            listed = [*listed[:_MOST_COLUMNS], f"{more:,} more"] if more > 0 else listed
            said.append(f"{name} {', '.join(listed)}")
        return "; ".join(said)

    def _forecasts(self):
        facts = self.facts
        if "horizon" not in facts:
            return ""
        return f"{facts['horizon']} steps from {facts['lookback']}"

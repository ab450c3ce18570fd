"""What leaves with an estimator of sequences: settings, script, and rows to check it by."""

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from keraseq.encoding import SeriesEncoder, TokenEncoder, as_sequences, check_lengths
from keraseq.encoding.columns import reorder_channels
from keraseq.encoding.reserved_ids import FIRST_FREE
from keraseq.encoding.word_tokens import token_rules
from keraseq.export import _script_sequences as pieces
from keraseq.export.artifact_error import ArtifactError
from keraseq.training.batches import pad_rows

_GENERATED = 12
_LENGTHS = (1, 7, 20)


@dataclass(frozen=True)
class Rows:
    """Sequences to compare on.

    Attributes
    ----------
    given : as the estimator takes them
    rows : list
        As the script does.
    """

    given: object
    rows: list


class Sequences:
    """Of a fitted classifier, regressor or tagger.

    Parameters
    ----------
    estimator : SequenceEstimator
    """

    has_rows = False

    def __init__(self, estimator):
        self._estimator, self._task = estimator, estimator._task
        self._encoder, self.network = estimator.encoder_, estimator._network

    def settings(self, function):
        """What the script reads from the JSON file."""
        found = {"inputs": function.describe(), **self._encoding(function)}
        target = self._estimator.target_
        if hasattr(target, "classes_"):
            found["classes"] = _labels(target.classes_)
        else:
            found["targets"] = {"centre": target.centre_.tolist(), "scale": target.scale_.tolist()}
        return found

    def _encoding(self, function):
        encoder = self._encoder
        lengths = {"time": function.fixed_time, "longest": None}
        lengths |= {"columns": self._estimator._length, "names": self._column_names}
        if isinstance(encoder, SeriesEncoder):
            names = {"centre": "centre_", "scale": "scale_", "mean": "mean_"}
            scaling = {name: getattr(encoder, held).tolist() for name, held in names.items()}
            return {"lengths": lengths, "scaling": scaling, "channels": self._channel_names}
        if isinstance(encoder, TokenEncoder):
            lengths["longest"] = encoder._max_length
            return {"lengths": lengths, "vocabulary_size": encoder.vocabulary_size_}
        lengths["longest"] = encoder._settings.max_length
        patterns, variants = token_rules()
        rules = {"lengths": lengths, "patterns": patterns, "variants": variants}
        if encoder.subwords_ is not None:
            return {**rules, "subwords": json.loads(encoder.subwords_)}
        return {**rules, "vocabulary": list(encoder.vocabulary_)}

    def runtime(self, name):
        """Which of a format's runtimes a script has."""
        return name

    def script(self, function):
        """The pieces of its script, and how it is called."""
        per_step, link = self.network.blueprint.per_step, self._task.link
        answers = {
            ("softmax", False): pieces.ONE_CLASS,
            ("softmax", True): pieces.CLASS_A_STEP,
            ("sigmoid", False): pieces.MANY_CLASSES,
        }.get((link, per_step))
        if answers is None:
            answers = pieces.numbers_answered(self._estimator.target_.one_dimensional_)
        return [
            *self._reading(),
            pieces.outputs(
                self.network.gives_probabilities,
                link,
                per_step=per_step,
                has_columns=self._estimator._length is not None,
                has_names=self._column_names is not None,
            ),
            answers,
            pieces.main(self._reads_text),
        ]

    @property
    def _column_names(self):
        """Of the table that it was fitted on, if any; those that scikit-learn notes are text."""
        names = getattr(self._estimator, "feature_names_in_", None)
        return list(names) if self._estimator._is_table and names is not None else None

    @property
    def _channel_names(self):
        """Of the frames that it was fitted on, if any, and if JSON has such names."""
        names = self._estimator._channel_names
        is_plain = names is not None and all(type(name) in (str, int) for name in names)
        return list(names) if is_plain else None

    @property
    def what(self):
        """What the model is."""
        return f"a {type(self._estimator).__name__} ({self._estimator._fitted_name})"

    @property
    def usage(self):
        """How the script is called."""
        line, X = "a JSON list of words", '[["a", "text"], ["another"]]'
        if self._reads_text:
            line, X = "a text", '["a text", "another one"]'
        elif isinstance(self._encoder, TokenEncoder):
            line, X = "a JSON list of ids", "[[5, 2, 9], [3]]"
        elif isinstance(self._encoder, SeriesEncoder):
            step = [0.5, *[1.5] * (len(self._encoder.centre_) - 1)]
            steps = [step, step] if len(step) > 1 else [0.5, 1.5]
            line, X = "a JSON list of steps", str([steps])
        return (
            f"predict({X}) answers each row; from a shell, {line} a line:\n\n"
            "    python {script} < rows.txt"
        )

    @property
    def _reads_text(self):
        return getattr(self._encoder, "kind_", None) == "text"

    def _reading(self):
        encoder = self._encoder
        if isinstance(encoder, SeriesEncoder):
            return [pieces.numbers(encoder._missing, self._channel_names is not None)]
        if isinstance(encoder, TokenEncoder):
            return [pieces.IDS_OF_IDS]
        lowercase, tokenizer = encoder._settings.lowercase, encoder._settings.tokenizer
        clean = pieces.CLEAN if encoder._cleans else pieces.AS_GIVEN
        if encoder.kind_ == "words":
            return [pieces.tokens_given(lowercase), pieces.IDS_OF_TOKENS]
        if encoder.subwords_ is not None:
            return [clean, pieces.ids_of_subwords(lowercase)]
        if tokenizer == "characters":
            return [pieces.tokens_of_characters(lowercase), pieces.IDS_OF_TOKENS]
        if callable(tokenizer):
            name = getattr(tokenizer, "__qualname__", type(tokenizer).__qualname__)
            return [pieces.tokens_of_function(name, lowercase), pieces.IDS_OF_TOKENS]
        return [clean, pieces.tokens_of_words(lowercase), pieces.IDS_OF_TOKENS]

    def read(self, X, function):
        """X, or rows drawn by chance, as given and as the script takes them."""
        estimator = self._estimator
        if X is None:
            X = self._drawn(np.random.default_rng(0), function.fixed_time)
        sequences = as_sequences(X, estimator._input)
        rows = reorder_channels(sequences, estimator._channel_names).rows
        return Rows(X, list(rows))

    def _drawn(self, draw, time):
        lengths = [time or _LENGTHS[place % len(_LENGTHS)] for place in range(_GENERATED)]
        encoder = self._encoder
        if isinstance(encoder, SeriesEncoder):
            shape = len(encoder.centre_)
            noise = [draw.normal(size=(n, shape)) for n in lengths]
            rows = [encoder.centre_ + encoder.scale_ * part for part in noise]
            names = self._estimator._channel_names
            if names is None:
                return rows
            # As they came in training, or scikit-learn warns of rows that the user never gave.
            columns = pd.Index(names, tupleize_cols=False)
            return [pd.DataFrame(row, columns=columns) for row in rows]
        if isinstance(encoder, TokenEncoder):
            most = encoder.vocabulary_size_ - FIRST_FREE
            return [draw.integers(1, most, size=n, endpoint=True) for n in lengths]
        rows = [draw.choice(encoder.vocabulary_[FIRST_FREE:], size=n).tolist() for n in lengths]
        return rows if encoder.kind_ == "words" else [" ".join(row) for row in rows]

    def words(self, rows, given):
        """What was compared on."""
        return f"{len(rows.rows)} {'' if given else 'generated '}rows"

    def samples(self, rows, function):
        """What the network itself is given, one row at a time, as lists of arrays."""
        return [[pad_rows([row])] for row in self._estimator._encode(rows.given)]

    def difference(self, script, rows):
        """The largest difference between the script's outputs and the network's own.

        Of numbers beyond one in shares of them, which is what float32 is exact to.
        """
        found = self._script(script).outputs(rows.rows)
        wanted = self._estimator._raw(rows.given)
        return max(_difference(*pair) for pair in zip(found, wanted, strict=True))

    def scores(self, script, rows, y):
        """What `score` says of rows, and what it would say of the script's answers."""
        check_lengths(rows.rows, y)
        answers = self._estimator.predict(rows.given), self._script(script).predict(rows.rows)
        y = self._estimator._like_answers(y)
        return [_total(*self._task.gains(y, answer)) for answer in answers]

    def _script(self, script):
        tokenizer = getattr(getattr(self._encoder, "_settings", None), "tokenizer", None)
        if callable(tokenizer):
            script.TOKENIZE = tokenizer
        return script


def _difference(found, wanted):
    """Of numbers beyond one in shares of them, which is what float32 is exact to."""
    if not found.size:
        return 0.0
    return float((np.abs(found - wanted) / np.maximum(1, np.abs(wanted))).max())


def _total(gain, weight):
    return float(np.sum(gain) / np.sum(weight))


def _labels(classes):
    """Classes as JSON has them."""
    # Of dates numpy's list may be one of integers.
    labels = [*classes] if classes.dtype.kind in "mM" else classes.tolist()
    for label in labels:
        if not isinstance(label, str | int | float | bool):
            raise ArtifactError(
                f"The class {label!r} is a {type(label).__name__}, which JSON cannot hold; fit on "
                "strings or numbers, such as y.astype(str)."
            )
    return labels

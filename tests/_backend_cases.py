"""An estimator of each task, its data, and what it answers: the same on every backend."""

import numpy as np

import keraseq

_DRAW = np.random.default_rng(0)
_LENGTHS = [1, 3, 4, 6] * 5
_SERIES = [_DRAW.normal(size=(length, 2)) for length in _LENGTHS]
_WORDS = [["it", "is", "not", "bad", "at", "all"][:length] for length in _LENGTHS]
_TEXTS = [" ".join(words) for words in _WORDS]
_SHORT = {"epochs": 2, "batch_size": 8, "random_state": 0}


def _classifier():
    return keraseq.SequenceClassifier("gru", units=4, **_SHORT).fit(_TEXTS, ["no", "yes"] * 10)


def _multilabel():
    labels = [[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 1, 1]] * 5
    return keraseq.SequenceClassifier("tcn", units=4, num_layers=1, **_SHORT).fit(_SERIES, labels)


def _regressor():
    return keraseq.SequenceRegressor("bilstm", units=4, **_SHORT).fit(_SERIES, _LENGTHS)


def _tagger():
    tags = [["even" if len(word) % 2 == 0 else "odd" for word in words] for words in _WORDS]
    return keraseq.SequenceTagger("bigru", units=4, **_SHORT).fit(_WORDS, tags)


def _forecaster():
    series = np.sin(np.arange(80) / 3) + np.arange(80)
    return keraseq.SequenceForecaster("dlinear", horizon=3, lookback=8, **_SHORT).fit(series)


def _generator():
    return keraseq.SequenceGenerator("gru", units=4, **_SHORT).fit(_TEXTS)


def _transducer():
    backwards = [text[::-1] for text in _TEXTS]
    model = keraseq.SequenceTransducer("bigru", decoder="lstm", units=4, **_SHORT)
    return model.fit(_TEXTS, backwards)


def _attention(model):
    return model.attention(_TEXTS[3]).select_dtypes("number").to_numpy()


FITS = {
    "classification": _classifier,
    "multilabel": _multilabel,
    "regression": _regressor,
    "tagging": _tagger,
    "forecasting": _forecaster,
    "language_model": _generator,
    "transduction": _transducer,
}
# Those of which another process makes files, since each costs it a compilation.
THEIRS = ("regression", "forecasting")
_ANSWERS = {
    "classification": lambda model: model.predict_proba(_TEXTS),
    "multilabel": lambda model: model.predict_proba(_SERIES),
    "regression": lambda model: model.predict(_SERIES),
    "tagging": lambda model: np.concatenate(model.predict_proba(_WORDS)),
    "forecasting": lambda model: np.asarray(model.predict()),
    "language_model": lambda model: np.asarray(model.log_likelihood(_TEXTS)),
    "transduction": lambda model: _attention(model),
}


def answers(task, model):
    """What a fitted estimator of a task says, as one array of numbers."""
    return np.asarray(_ANSWERS[task](model), dtype=float)


def sequences_written(task, model):
    """What an estimator of a task that writes has written, in two ways."""
    if task == "language_model":
        chosen = {"length": 8, "n": 2, "random_state": 0}
        return model.generate("it", **chosen), model.generate("it", temperature=0, **chosen)
    return list(model.predict(_TEXTS[:4])), list(model.predict(_TEXTS[:4], beam_size=3))

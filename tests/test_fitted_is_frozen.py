"""What was fitted answers; parameters set afterwards are for the next fit."""

import warnings

import keras
import numpy as np
import pytest

import keraseq
from keraseq.encoding import SeriesEncoder, TextEncoder, TokenEncoder
from keraseq.training.checkpoint import Checkpoint

draw = np.random.default_rng(0)
X = draw.normal(size=(12, 4, 2))
TEXTS = ["a good film indeed", "a bad film"] * 6
WORDS = [["a", "dog", "barks"], ["cats", "sleep"]] * 6
TAGS = [["D", "N", "V"], ["N", "V"]] * 6
SETTINGS = {"model": "simple_rnn", "units": 2, "epochs": 1, "random_state": 0}
# Of every parameter a value that would change a fit, or break it.
OTHERS = {
    "model": "gru",
    "units": 5,
    "num_layers": 2,
    "dropout": 0.5,
    "parameter_budget": 10**6,
    "flop_budget": 10,
    "pooling": "max",
    "model_params": {"no": 1},
    "input": "tokens",
    "tokenizer": "characters",
    "max_tokens": 5,
    "max_length": 1,
    "min_count": 9,
    "missing": "fill",
    "epochs": 0,
    "batch_size": 1,
    "optimizer": "sgd",
    "learning_rate": -1,
    "early_stopping": True,
    "validation_fraction": 5,
    "n_iter_no_change": 0,
    "class_weight": {"no": 1},
    "warm_start": True,
    "checkpoint": "/no/folder",
    "callbacks": [1],
    "random_state": "no",
    "verbose": 3,
}


def answers(fitted, X, y):
    """All that is read from a fitted estimator."""
    found = [fitted.predict(X), fitted.score(X, y), fitted.encode(X), fitted.params_]
    for method in ("predict_proba", "decision_function"):
        if hasattr(fitted, method):
            found.append(getattr(fitted, method)(X))
    return [*found, fitted.n_parameters_, fitted.n_flops_, fitted.n_iter_]


def same(one, two):
    if isinstance(one, list | tuple):
        return len(one) == len(two) and all(map(same, one, two))
    return np.array_equal(one, two) if isinstance(one, np.ndarray) else one == two


@pytest.mark.parametrize(
    ("kind", "X", "y", "changes"),
    [
        (keraseq.SequenceClassifier, X, [0, 1] * 6, {}),
        (keraseq.SequenceClassifier, TEXTS, [0, 1] * 6, {"max_length": 3}),
        (keraseq.SequenceClassifier, [[1, 2], [3]] * 6, [0, 1] * 6, {"input": "tokens"}),
        (keraseq.SequenceRegressor, X, X[:, 0, 0], {"missing": "fill"}),
        (keraseq.SequenceTagger, WORDS, TAGS, {}),
        (keraseq.SequenceTagger, ["abc", "de"] * 6, TAGS, {"tokenizer": "characters"}),
    ],
    ids=["series", "texts", "tokens", "regressor", "tagger", "characters"],
)
def test_parameters_set_after_fit_change_no_answer(kind, X, y, changes):
    fitted = kind(**SETTINGS, **changes).fit(X, y)
    before = answers(fitted, X, y)
    for name, value in OTHERS.items():
        if name not in fitted.get_params():
            continue
        now = {name: "text" if name == "input" and changes.get("input") else value}
        was = {name: fitted.get_params()[name]}
        fitted.set_params(**now)
        assert same(answers(fitted, X, y), before), name
        fitted.set_params(**was)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted.set_params(**{n: v for n, v in OTHERS.items() if n in fitted.get_params()})
        assert same(answers(fitted, X, y), before)


def test_what_a_user_changes_in_place_after_fit_changes_no_answer():
    params, state = {"embedding_dim": 4}, np.random.RandomState(0)
    fitted = keraseq.SequenceClassifier(**{**SETTINGS, "random_state": state}, model_params=params)
    fitted.fit(TEXTS, [0, 1] * 6)
    before, drawn = answers(fitted, TEXTS, [0, 1] * 6), state.get_state()[1].tolist()
    params["embedding_dim"] = 9
    assert same(answers(fitted, TEXTS, [0, 1] * 6), before)
    # No answer draws from the user's generator.
    assert state.get_state()[1].tolist() == drawn


@pytest.mark.parametrize(
    ("encoder", "X", "others"),
    [
        (SeriesEncoder(), X, {"missing": "fill", "scaling": None}),
        (SeriesEncoder("minmax", "fill"), X, {"missing": "error", "scaling": "no"}),
        (TokenEncoder(max_length=3), [[1, 2, 3, 4], [5]], {"max_length": 1}),
        (
            TextEncoder(max_length=3),
            TEXTS,
            {"tokenizer": "characters", "lowercase": False, "max_length": 1, "min_count": 9},
        ),
        (TextEncoder("characters"), TEXTS, {"tokenizer": str.split, "max_tokens": 5}),
    ],
)
def test_parameters_set_after_fit_change_no_encoding(encoder, X, others):
    before = encoder.fit(X).transform(X)
    back = encoder.inverse_transform(before)
    encoder.set_params(**others)
    assert same(list(encoder.transform(X)), list(before))
    assert same(list(encoder.inverse_transform(before)), list(back))
    if isinstance(encoder, SeriesEncoder):
        assert encoder.n_channels_out_ == before.shape[2]


def test_training_that_goes_on_keeps_how_rows_are_read():
    gaps = X.copy()
    gaps[0, 1] = np.nan
    filled = keraseq.SequenceClassifier(**SETTINGS, missing="fill").fit(gaps, [0, 1] * 6)
    filled.set_params(missing="error").partial_fit(gaps, [0, 1] * 6)
    strict = keraseq.SequenceClassifier(**SETTINGS).fit(X, [0, 1] * 6).set_params(missing="fill")
    with pytest.raises(ValueError, match="X contains NaN: row 0, step 1"):
        strict.partial_fit(gaps, [0, 1] * 6)


@pytest.mark.parametrize(
    ("name", "value"),
    [("tokenizer", "characters"), ("max_tokens", 6), ("max_length", 2), ("min_count", 2)],
)
def test_training_that_goes_on_says_what_its_vocabulary_cannot_take(name, value):
    y = [0, 1] * 6
    clf = keraseq.SequenceClassifier(**SETTINGS, warm_start=True).fit(TEXTS, y)
    before = clf.params_, clf.predict_proba(TEXTS)
    clf.set_params(**{name: value})
    calls = [(clf.fit, (TEXTS, y)), (clf.partial_fit, (TEXTS, y))]
    calls.append((clf.fit, (lambda: zip(TEXTS, y, strict=True),)))
    for go_on, rows in calls:
        with pytest.raises(ValueError, match=rf"{name}={value!r} \(it was .*warm_start=False"):
            go_on(*rows)
    assert same([clf.params_, clf.predict_proba(TEXTS)], list(before))
    assert clf.set_params(warm_start=False).fit(TEXTS, y).get_params()[name] == value


def test_a_generator_that_goes_on_keeps_its_tokens():
    writer = keraseq.SequenceGenerator(**SETTINGS, warm_start=True).fit(TEXTS)
    with pytest.raises(ValueError, match=r"tokenizer='words' \(it was 'characters'\)"):
        writer.set_params(tokenizer="words").fit(TEXTS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": "gru"}, "the model and its sizes must stay"),
        ({"units": 3}, "the model and its sizes must stay"),
        ({"model_params": {"embedding_dim": 3}}, "the model and its sizes must stay"),
        ({"optimizer": "sgd"}, "the optimizer that it began with"),
        ({"dtype_policy": "mixed_bfloat16"}, "the dtype_policy that it began with"),
    ],
)
def test_partial_fit_says_what_it_cannot_take(changes, said):
    y = [0, 1] * 6
    clf = keraseq.SequenceClassifier(**{**SETTINGS, "early_stopping": True}).fit(X, y)
    clf.partial_fit(X, y)
    with pytest.raises(ValueError, match=f"partial_fit goes on .*{said}.*warm_start=False"):
        clf.set_params(**changes).partial_fit(X, y)


def refuse(*_):
    raise ValueError("of another fit")


class Failing(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise MemoryError


@pytest.mark.parametrize(
    "make",
    [
        lambda **given: (keraseq.SequenceClassifier(**SETTINGS, **given), (X, [0, 1] * 6)),
        lambda **given: (
            keraseq.SequenceForecaster(**SETTINGS, **given, horizon=2, lookback=5),
            (np.sin(np.arange(40.0)),),
        ),
    ],
    ids=["classifier", "forecaster"],
)
def test_training_that_would_go_on_and_fails_changes_nothing(make, monkeypatch, tmp_path):
    fitted, rows = make(warm_start=True)
    fitted.fit(*rows)
    before, card = fitted._network.blueprint, fitted.card()
    answer = fitted.predict_proba if hasattr(fitted, "predict_proba") else fitted.predict
    expected = answer(X) if len(rows) == 2 else answer()
    fitted.set_params(dtype_policy="mixed_bfloat16", optimizer="sgd", callbacks=Failing())
    with pytest.raises(MemoryError):
        fitted.fit(*rows)
    with monkeypatch.context() as patched, pytest.raises(ValueError, match="of another fit"):
        patched.setattr(Checkpoint, "begin", refuse)
        fitted.set_params(checkpoint=tmp_path).fit(*rows)
    fitted.set_params(checkpoint=None)
    np.testing.assert_array_equal(answer(X) if len(rows) == 2 else answer(), expected)
    assert fitted._network.blueprint is before
    fitted.set_params(callbacks=None).fit(*rows)
    assert fitted._network.blueprint is not before and "SGD" in fitted.card() != card


def test_partial_fit_claims_no_early_stopping():
    clf = keraseq.SequenceClassifier(**SETTINGS, early_stopping=True).partial_fit(X, [0, 1] * 6)
    assert clf.params_["early_stopping"] is False and "Early stopping off" in clf.card()

"""What walks step by step learns from long series too."""

import numpy as np
import pytest

import keraseq

draw = np.random.default_rng(0)


def waves(rows, steps):
    """Waves of three frequencies, each at a phase of its own."""
    y = np.arange(rows) % 3
    phase = draw.uniform(0, 6.28, (rows, 1))
    X = np.sin(phase + 6.28 * (3 + 2 * y[:, None]) * np.linspace(0, 1, steps))
    return X + 0.2 * draw.normal(size=X.shape), y


def patches_of(model, X, y, estimator=keraseq.SequenceClassifier, **settings):
    return estimator(model, epochs=0, random_state=0, **settings).fit(X, y).params_["patch_length"]


@pytest.mark.parametrize(("steps", "patches"), [(128, None), (129, 4), (256, 4), (427, 8)])
def test_long_series_are_walked_in_patches(steps, patches):
    X, y = waves(6, steps)
    assert patches_of("gru", X, y) == patches
    assert patches_of("fcn", X, y) is None


def test_who_says_another_length_has_it():
    X, y = waves(6, 200)
    assert patches_of("gru", X, y, model_params={"patch_length": 5}) is None
    clf = keraseq.SequenceClassifier("gru", epochs=0, model_params={"patch_length": 5}).fit(X, y)
    assert clf.model_.get_layer("patches").patch_length == 5
    tags = [np.zeros(200, int), np.ones(200, int)]
    tagger = keraseq.SequenceTagger("gru", epochs=0).fit(X[:2], tags)
    assert tagger.params_["patch_length"] is None


def test_a_gru_learns_from_long_series_at_its_defaults():
    X, y = waves(30, 427)
    clf = keraseq.SequenceClassifier("gru", random_state=0).fit(X, y)
    other, labels = waves(60, 427)
    assert clf.score(other, labels) > 0.6


def test_training_that_goes_on_keeps_its_patches():
    X, y = waves(6, 200)
    clf = keraseq.SequenceClassifier("gru", epochs=0, warm_start=True).fit(list(X), y)
    longer, y = waves(6, 500)
    assert clf.fit(list(longer), y).params_["patch_length"] == 4


def test_training_that_goes_on_keeps_the_width_of_its_budget():
    X, y = waves(6, 20)
    clf = keraseq.SequenceClassifier("gru", flop_budget=400_000, epochs=0, warm_start=True)
    units = clf.fit(list(X), y).params_["units"]
    longer, y = waves(6, 60)
    assert clf.fit(list(longer), y).params_["units"] == units


def test_early_stopping_by_auto_is_patient_with_few_rows():
    X, y = waves(210, 4)
    patience = {
        early: keraseq.SequenceClassifier("gru", epochs=0, early_stopping=early)
        .fit(X, y)
        .params_["n_iter_no_change"]
        for early in ("auto", True)
    }
    assert patience == {"auto": 22, True: 5}

"""Convolutional bodies are their papers', and padding has no part in their training."""

import keras
import numpy as np
import pytest

import keraseq
from keraseq.models import find_model
from keraseq.models.layers.hand_made_filters import HandMadeFilters, hand_made_filters

draw = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("name", "own", "published", "biases"),
    [
        # Trainable weights before the last layer, as Ismail-Fawaz et al. (2023) count them for one
        # channel; ours leave out the biases that batch normalisation makes idle.
        ("inception_time", {}, 420_192, 0),
        ("fcn", {}, 264_704, 128 + 256 + 128),
        ("resnet_1d", {}, 504_000, 4 * 64 + 4 * 128 + 3 * 128),
        # A weight and an offset for the mixture of one channel.
        ("lite", {"bottleneck_size": 1}, 9_814, -2),
    ],
)
def test_as_many_weights_as_published(name, own, published, biases):
    spec = find_model(name)
    x, mask = keras.Input((None, 1)), keras.Input((None,), dtype="bool")
    sizes = {size: spec.default(size) for size in ("units", "num_layers")}
    model = keras.Model([x, mask], spec.function(x, mask, **sizes, dropout=0.0, **own))
    assert keraseq.count_parameters(model) == published - biases


@pytest.mark.parametrize("name", ["inception_time", "lstm_fcn"])
def test_padding_has_no_part_in_the_moments_of_training(name):
    short = draw.normal(size=(3, 5, 2)).astype("float32")
    long = np.concatenate([short, np.full((3, 4, 2), np.nan, "float32")], axis=1)
    answers, moments = [], []
    for batch in (short, long):
        model = keraseq.build(name, (None, 2), 2, units=8, num_layers=2, dropout=0.0, seed=0)
        answers.append(keras.ops.convert_to_numpy(model(batch, training=True)))
        moments.append(keras.ops.convert_to_numpy(model.non_trainable_variables[0]))
    assert np.abs(moments[0]).max() > 0
    np.testing.assert_allclose(answers[1], answers[0], atol=1e-5)
    np.testing.assert_allclose(moments[1], moments[0], atol=1e-6)


def test_a_model_lent_again_has_forgotten_its_moments():
    X, y = draw.normal(size=(12, 6)), np.repeat([0, 1], 6)
    clf = keraseq.SequenceClassifier("fcn", units=4, epochs=3, random_state=0)
    first = clf.fit(X, y).predict_proba(X)
    clf.fit(10 * X**2, y)
    assert np.array_equal(clf.fit(X, y).predict_proba(X), first)


def test_hand_made_filters_answer_to_rising_falling_and_peaks():
    filters = hand_made_filters()
    lengths = np.count_nonzero(filters, axis=0).tolist()
    assert lengths == [2, 4, 8, 16, 32, 64] * 2 + [6, 12, 24, 48, 96]
    assert np.allclose(filters.sum(axis=0), 0)
    rows = draw.normal(size=(2, 9, 2)).astype("float32")
    padded = np.pad(rows, ((0, 0), (47, 48), (0, 0)))
    expected = [
        [[padded[row, t : t + 96, c] @ filters[:, f] for c in (0, 1) for f in range(17)]
         for t in range(9)]
        for row in (0, 1)
    ]  # fmt: skip
    layer = HandMadeFilters()
    np.testing.assert_allclose(layer(rows), expected, atol=1e-4)
    rising = np.array(layer(np.arange(9.0, dtype="float32")[None, :, None]))[0, :8, 0]
    assert np.allclose(rising, 1)


def test_text_cnn_reads_each_length_that_it_is_given():
    model = keraseq.text_cnn((None,), 2, vocabulary_size=9, units=7, kernel_sizes=(1, 2), seed=0)
    kernels = [w.shape for w in model.trainable_weights if len(w.shape) == 3]
    assert [(k[0], k[2]) for k in kernels] == [(1, 4), (2, 3)]
    keraseq.text_cnn((None, 2), 2, units=2, kernel_sizes=np.array([1, 2]))
    with pytest.raises(ValueError, match="kernel_sizes=0"):
        keraseq.text_cnn((None,), 2, vocabulary_size=9, kernel_sizes=(3, 0))
    with pytest.raises(ValueError, match="names no length"):
        keraseq.text_cnn((None,), 2, vocabulary_size=9, kernel_sizes=())

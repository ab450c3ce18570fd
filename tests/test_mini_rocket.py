"""MiniROCKET against plain loops."""

import pickle
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from keraseq.baselines import Facts, MiniRocket, mini_rocket_baseline, rivals_left_out, rivals_of
from keraseq.datasets import fetch_ucr

draw = np.random.default_rng(0)
KERNELS = [[2.0 if tap in twos else -1.0 for tap in range(9)] for twos in combinations(range(9), 3)]


def convolved(x, weights, dilation):
    """One output a step, zeros beyond the ends."""
    out = np.zeros(len(x))
    for step in range(len(x)):
        for tap in range(9):
            at = step + (tap - 4) * dilation
            out[step] += weights[tap] * x[at] if 0 <= at < len(x) else 0
    return out


def test_features_are_shares_of_steps_above_a_bias():
    X = draw.normal(size=(6, 40))
    rocket = MiniRocket(n_features=84 * 5, max_dilations=3, random_state=0).fit(X)
    # Up to (40 - 1) / 8 steps between taps, exponentially spaced, and five features over three.
    assert rocket.dilations_.tolist() == [1, 2, 4]
    scaled = (X - X.mean()) / X.std()
    expected, place = [], 0
    for row, (dilation, n) in enumerate(zip(rocket.dilations_, (2, 2, 1), strict=True)):
        for kernel, weights in enumerate(KERNELS):
            of_rows = np.array([convolved(x, weights, dilation) for x in scaled])
            if (row + kernel) % 2:
                of_rows = of_rows[:, 4 * dilation : 40 - 4 * dilation]
            for _ in range(n):
                expected.append((of_rows > rocket.biases_[place]).mean(axis=1))
                place += 1
    np.testing.assert_allclose(rocket.transform(X), np.transpose(expected), atol=1e-6)


def test_biases_are_quantiles_of_a_training_convolution_in_golden_steps():
    x = draw.normal(size=20)
    rocket = MiniRocket(n_features=84 * 2, max_dilations=1, random_state=0).fit([x])
    scaled = (x - x.mean()) / x.std()
    golden = (1 + 5**0.5) / 2
    for kernel in (0, 1, 83):
        quantiles = [golden * (2 * kernel + k) % 1 for k in (1, 2)]
        expected = np.quantile(convolved(scaled, KERNELS[kernel], 1), quantiles)
        np.testing.assert_allclose(rocket.biases_[2 * kernel :][:2], expected, atol=1e-5)


def test_channels_are_added_up_and_one_alone_is_the_plain_transform():
    X = draw.normal(size=(5, 30, 1))
    one = MiniRocket(84, random_state=0).fit(X).transform(X)
    np.testing.assert_array_equal(one, MiniRocket(84, random_state=0).fit_transform(X[:, :, 0]))
    # Two equal channels: alone or added up, the same steps lie above a bias of that scale.
    twice = np.repeat(X, 2, axis=2)
    np.testing.assert_allclose(MiniRocket(84, random_state=0).fit_transform(twice).shape, (5, 84))


def test_padding_and_company_change_no_feature():
    rows = [draw.normal(size=(n, 2)) for n in (30, 9, 4, 17)]
    rocket = MiniRocket(84 * 4, random_state=0).fit(rows)
    together = rocket.transform(rows)
    assert together.shape == (4, 84 * 4) and np.isfinite(together).all()
    for place, row in enumerate(rows):
        padded = np.full((1, 40, 2), np.nan)
        padded[0, : len(row)] = row
        np.testing.assert_array_equal(rocket.transform(padded)[0], together[place])
    assert rocket.transform([np.empty((0, 2))]).shape == (1, 84 * 4)


@pytest.mark.parametrize(
    "X",
    [np.ones((6, 20)), draw.normal(size=(6, 3)), draw.normal(size=(6, 1)), [[1.0, np.nan, 2]] * 6],
    ids=["constant", "short", "one step", "missing"],
)
def test_series_with_little_in_them_are_read(X):
    for regression in (False, True):
        model = clone(mini_rocket_baseline(regression=regression, random_state=0))
        model.fit(X, [0, 1] * 3)
        again = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(model.predict(X), again.predict(X))


def test_it_tells_apart_what_differs_in_shape_alone():
    at = draw.integers(0, 60, size=80)
    bump = np.sin(np.linspace(0, 2 * np.pi, 20))
    X = draw.normal(0, 0.1, size=(80, 80))
    y = np.arange(80) % 2
    for row, place in enumerate(at):
        X[row, place : place + 20] += bump * (1 if y[row] else -1)
    model = mini_rocket_baseline(random_state=0).fit(X[:40], y[:40])
    assert model.score(X[40:], y[40:]) == 1
    frame = pd.DataFrame(X)
    again = mini_rocket_baseline(random_state=0).fit(frame[:40], y[:40])
    np.testing.assert_array_equal(again.predict(frame[40:]), model.predict(X[40:]))


def test_it_is_no_default_where_networks_are_faster():
    few, many = (Facts("classification", "series", rows=n) for n in (100, 100_000))
    assert "MiniROCKET" in rivals_of(few) and rivals_left_out(few) == {}
    assert "MiniROCKET" not in rivals_of(many) and "slower" in rivals_left_out(many)["MiniROCKET"]
    assert list(rivals_of(many, ["minirocket"])) == ["MiniROCKET"]


@pytest.mark.parametrize(
    ("changes", "message"), [({"n_features": 0}, "n_features=0"), ({"max_dilations": 0}, "=0")]
)
def test_sizes_that_cannot_be(changes, message):
    with pytest.raises(ValueError, match=message):
        MiniRocket(**changes).fit(np.ones((2, 9)))


def test_it_reaches_its_published_level(data_folder):
    train, test = (fetch_ucr("GunPoint", subset=part) for part in ("train", "test"))
    model = mini_rocket_baseline(random_state=0).fit(train.data, train.target)
    assert model.score(test.data, test.target) > 0.985  # 0.993 in the paper

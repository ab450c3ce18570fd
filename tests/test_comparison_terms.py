"""Models that bring a stem or a size of their own say so in a comparison."""

import keras
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

import keraseq
from keraseq.comparison import compare
from keraseq.comparison._entry import Entry
from keraseq.comparison._equal_terms import set_terms
from keraseq.comparison._tuning import draw_settings

HISTORY = np.sin(np.arange(120) / 3) + np.random.default_rng(0).normal(0, 0.2, 120)
QUICK = {"epochs": 1, "horizon": 3, "lookback": 24}


@pytest.fixture(scope="module")
def own_forecaster():
    @keraseq.register_forecaster(title="Last step, weighed")
    def weighed_last(x, *, horizon, targets):
        weighed = keras.layers.Dense(horizon * targets)(x[:, -1])
        return keras.layers.Reshape((horizon, targets))(weighed)

    return weighed_last


@pytest.fixture(scope="module")
def forecasts(own_forecaster):
    models = ["gru", "dlinear", own_forecaster]
    settings = {"n_seeds": 2, "estimator_params": QUICK, "verbose": 0}
    return compare(models, HISTORY, parameter_budget=9_000, **settings)


def test_forecasters_take_part_at_their_own_size(forecasts):
    table = forecasts.table
    assert table.loc[["gru", "dlinear", "weighed_last"], "failed"].eq(0).all()
    assert abs(table.loc["gru", "parameters"] - 9_000) < 500
    assert table.loc["dlinear", "parameters"] == 2 * (24 + 1) * 3
    assert table.loc["weighed_last", "parameters"] == 2 * 3
    assert table.loc["gru", "note"] == ""
    for name in ("dlinear", "weighed_last"):
        assert table.loc[name, "note"].startswith("own stem; at its own size, parameter_budget")


def test_no_text_calls_such_a_comparison_equal(forecasts, tmp_path):
    said = " ".join(forecasts.summary().split())
    expected = (
        "Sizes are not equal: dlinear (150 weights) and weighed_last (6 weights) stand outside "
        "parameter_budget, with no size to solve."
    )
    assert expected in said
    forecasts.report(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert expected in page and "own stem" in page
    forecasts.to_json(tmp_path / "result.json")
    assert expected in " ".join(
        keraseq.comparison.Comparison.from_json(tmp_path / "result.json").summary().split()
    )


def noted(model, task=keraseq.SequenceClassifier, **budgets):
    estimator = model if hasattr(model, "fit") else task(model)
    entry = Entry("name", estimator, 0)
    set_terms(entry, {"parameter_budget": None, "flop_budget": None, **budgets})
    return entry


def test_presets_are_named_with_what_they_set():
    keraseq.register_preset("wide_gru_of_terms", of="gru", units=96, pooling="last")
    entry = noted("wide_gru_of_terms")
    assert entry.notes == ["preset of gru: pooling='last', units=96"]
    entry = noted("wide_gru_of_terms", parameter_budget=9_000)
    assert entry.notes[1:] == ["units=96 overridden by parameter_budget"]
    assert entry.outside_budget is None and entry.ours.parameter_budget == 9_000


@pytest.mark.parametrize("model", [lambda shape, outputs: None, DummyClassifier()])
def test_what_no_budget_can_size_stands_outside_of_it(model):
    entry = noted(model, flop_budget=9_000)
    assert entry.outside_budget == "flop_budget"
    assert entry.notes == ["at its own size, flop_budget has none to solve"]
    assert getattr(entry.ours, "flop_budget", None) is None
    assert noted(model).notes == [] and noted(model).outside_budget is None


def test_a_forecaster_with_a_width_keeps_the_budget():
    @keraseq.register_forecaster(title="Two layers")
    def two_layers_of_terms(x, *, horizon, targets, units=8):
        hidden = keras.layers.Dense(units)(x[:, :, 0])
        return keras.layers.Reshape((horizon, targets))(
            keras.layers.Dense(horizon * targets)(hidden)
        )

    entry = noted("two_layers_of_terms", keraseq.SequenceForecaster, parameter_budget=9_000)
    assert entry.notes == ["own stem"] and entry.outside_budget is None
    assert entry.ours.parameter_budget == 9_000


def test_trials_set_what_an_architecture_takes():
    trials = draw_settings(keraseq.SequenceForecaster("dlinear"), 3)
    assert [sorted(trial) for trial in trials] == [[], ["learning_rate"], ["learning_rate"]]
    trials = draw_settings(keraseq.SequenceForecaster("gru"), 2)
    assert sorted(trials[1]) == ["dropout", "learning_rate", "units"]

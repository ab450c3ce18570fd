"""Probes: what they find where the answer is known, and that their plots show it."""

import keras
import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq import plots
from keraseq.comparison import probes
from keraseq.comparison.probes import _stepping
from keraseq.comparison.probes.scaling import fit_exponent
from keraseq.models.layers.linear_scan import LinearScan


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def padded(X, steps=3):
    """X with NaN steps at the right, which are padding."""
    return np.concatenate([X, np.full((len(X), steps, X.shape[2]), np.nan, "float32")], axis=1)


# Gradient flow


@pytest.fixture(scope="module")
def flow():
    models = ["simple_rnn", "lstm", "gru", "transformer"]
    return probes.gradient_flow(models, n_steps=50, units=16, n_rows=4, n_seeds=2)


def norms(flow, model, wrt):
    part = flow.query("model == @model and wrt == @wrt")
    return part.groupby("steps_back")["norm"].mean()


def test_gradients_vanish_on_their_way_through_a_recurrent_network(flow):
    for model in ("simple_rnn", "lstm", "gru"):
        for wrt in ("input", "hidden state"):
            faded = norms(flow, model, wrt)
            assert faded[49] < 1e-3 * faded[0] and faded[49] < 1e-1 * faded[30]
    reached = norms(flow, "transformer", "input")
    assert reached[49] > 1e-3 * reached[0]


def test_the_cell_keeps_gradients_longer_than_the_simple_network(flow):
    simple, cell = norms(flow, "simple_rnn", "hidden state"), norms(flow, "lstm", "cell state")
    assert cell[49] / cell[10] > 2 * simple[49] / simple[10]


def test_gradient_flow_says_what_was_read_and_of_which_state(flow):
    assert list(flow.columns) == ["model", "reads", "seed", "wrt", "layer", "steps_back", "norm"]
    assert flow.groupby("model")["reads"].first().to_dict() == {
        "simple_rnn": "last",
        "lstm": "last",
        "gru": "last",
        "transformer": "ends",
    }
    states = flow.groupby("model")["wrt"].unique().map(list).to_dict()
    assert states["lstm"] == ["input", "hidden state", "cell state"]
    assert states["simple_rnn"] == states["gru"] == ["input", "hidden state"]
    assert states["transformer"] == ["input"]
    assert flow.groupby(["model", "wrt", "seed"]).size().eq(50).all()


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_the_gradient_of_a_state_is_the_change_that_the_state_causes(name):
    model = keraseq.build(name, (None, 2), 1, task="regression", pooling="last", units=3, seed=0)
    X, y = numbers(1, 5, 2), np.ones((1, 1), "float32")
    frame = probes.gradient_flow({"m": model}, X, y).query("wrt == 'hidden state'")
    # The last state is what the head reads: its gradient follows by hand.
    kernel, error = model.get_layer("outputs").get_weights()[0], np.array(model(X)) - y
    expected = np.linalg.norm(2 * error * kernel)
    assert frame.set_index("steps_back")["norm"][0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", ["lstm", "bilstm", "transformer"])
def test_padding_changes_no_gradient(name):
    pooling = "last" if name == "lstm" else "ends"
    model = keraseq.build(name, (None, 2), 1, task="regression", pooling=pooling, units=4, seed=0)
    X, y = numbers(3, 6, 2), numbers(3, 1)
    plain, more = (probes.gradient_flow([model], x, y) for x in (X, padded(X)))
    assert plain["seed"].isna().all() and set(plain["model"]) == {name}
    np.testing.assert_allclose(more["norm"], plain["norm"], rtol=1e-3)
    assert more["steps_back"].tolist() == plain["steps_back"].tolist()


def test_gradient_flow_reads_a_fitted_estimator_and_stacked_layers():
    X = ["a good film", "a bad film", "good", "not at all bad"] * 4
    y = ["pos", "neg", "pos", "neg"] * 4
    clf = keraseq.SequenceClassifier(
        "gru", units=4, num_layers=2, pooling="last", epochs=1, random_state=0
    ).fit(X, y)
    frame = probes.gradient_flow([clf], X, y)
    assert frame.groupby("layer")["wrt"].first().to_dict() == {
        0: "input",
        1: "hidden state",
        2: "hidden state",
    }
    assert frame["steps_back"].max() == 3 and (frame["norm"] > 0).all()


def test_gradient_flow_refuses_what_would_mislead():
    pooled = keraseq.gru((None, 2), 1, task="regression", units=2)
    with pytest.raises(ValueError, match="give the X and y"):
        probes.gradient_flow([pooled])
    with pytest.raises(ValueError, match="X and y belong together"):
        probes.gradient_flow(["gru"], X=numbers(1, 4, 2))
    with pytest.raises(ValueError, match="models is empty"):
        probes.gradient_flow([])
    with pytest.raises(ValueError, match="Did you mean 'gru'"):
        probes.gradient_flow(["gruu"])


def test_gradient_flow_of_a_default_classifier_is_that_of_its_own_reading():
    X, y = ["a good film", "a bad film", "good", "not at all bad"] * 4, [1, 0, 1, 0] * 4
    clf = keraseq.SequenceClassifier("gru", units=4, epochs=1, random_state=0).fit(X, y)
    frame = probes.gradient_flow(clf, X, y)
    reads = clf.model_.get_layer("pooling").pooling
    assert reads not in ("last", "ends")
    assert set(frame["model"]) == {"gru"} and set(frame["reads"]) == {reads}
    assert set(frame["wrt"]) == {"input", "hidden state"} and (frame["norm"] > 0).all()
    display = plots.GradientFlowDisplay.from_frame(frame)
    assert legend(display) == [f"gru (reads {reads})"]


def test_a_mean_reaches_every_step_without_any_memory():
    """Of the mean of n states the gradient at each of them is that of the mean over n, exactly."""
    model = keraseq.gru((None, 2), 1, task="regression", pooling="mean", units=3, seed=0)
    X, y = numbers(1, 6, 2), np.ones((1, 1), "float32")
    frame = probes.gradient_flow(model, X, y).query("wrt == 'hidden state'")
    kernel, error = model.get_layer("outputs").get_weights()[0], np.array(model(X)) - y
    # The last state reaches the loss through the mean alone.
    last = frame.set_index("steps_back")["norm"][0]
    assert last == pytest.approx(np.linalg.norm(2 * error * kernel) / 6, rel=1e-4)
    assert set(frame["reads"]) == {"mean"}


def test_one_model_is_as_good_as_a_list():
    one = probes.gradient_flow("gru", n_steps=4, units=2, n_seeds=1)
    many = probes.gradient_flow(["gru"], n_steps=4, units=2, n_seeds=1)
    pd.testing.assert_frame_equal(one, many)
    settings = {"lags": (3,), "steps": 1, "units": 2, "n_seeds": 1, "verbose": 0}
    assert probes.memory_horizon("gru", **settings)["model"].tolist() == ["gru"]
    with pytest.raises(ValueError, match="Did you mean 'gru'"):
        probes.scaling("gruu")


def test_another_backend_is_told_what_is_missing(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(RuntimeError, match="takes gradients with TensorFlow alone"):
        probes.gradient_flow(["gru"], n_steps=2, units=2, n_seeds=1)
    with pytest.raises(RuntimeError, match="Set memory=False"):
        probes.scaling(["gru"])


def test_a_walk_that_differs_from_the_layer_is_an_error(monkeypatch):
    step = _stepping.OfRecurrent.step

    def wrong(form, state, x):
        output, state = step(form, state, x)
        return 0.9 * output, state

    monkeypatch.setattr(_stepping.OfRecurrent, "step", wrong)
    with pytest.raises(RuntimeError, match="differs from the layer"):
        probes.gates(keraseq.gru((None, 2), 2, units=3), numbers(1, 4, 2))


def test_a_layer_that_begins_with_another_layer_s_state_is_refused():
    inputs = keras.Input((None, 2))
    x, mask = keraseq.Padding()(inputs)
    x, state = keras.layers.GRU(3, return_sequences=True, return_state=True)(x, mask=mask)
    x = keras.layers.GRU(3)(x, mask=mask, initial_state=[state])
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    with pytest.raises(RuntimeError, match="begin with another layer's state"):
        probes.gates(model, numbers(1, 4, 2))


def test_the_states_of_any_recurrent_layer_have_gradients():
    """Of min_gru's scan, and of a cell that nobody has named."""

    class Halving(keras.layers.Layer):
        state_size = output_size = 3

        def call(self, inputs, states):
            new = inputs + states[0] / 2
            return 10 * new, [new]

    inputs = keras.Input((None, 3))
    x, mask = keraseq.Padding()(inputs)
    x = keras.layers.RNN(Halving())(x, mask=mask)
    halving = keras.Model(inputs, keras.layers.Dense(1)(x))
    halving.compile(loss="mse")
    X, y = numbers(2, 4, 3), np.ones((2, 1), "float32")
    frame = probes.gradient_flow(halving, padded(X), y)
    norm = frame.query("wrt == 'hidden state'").sort_values("steps_back")["norm"].to_numpy()
    # A state is halved at every step, and so is its gradient.
    np.testing.assert_allclose(norm / norm[0], [1, 0.5, 0.25, 0.125], rtol=1e-4)
    frame = probes.gradient_flow("min_gru", n_steps=4, units=3, n_seeds=1)
    assert set(frame["wrt"]) == {"input", "hidden state"}


@pytest.mark.parametrize("name", keraseq.list_models(task="regression"))
def test_gradient_flow_reads_every_architecture(name):
    frame = probes.gradient_flow(name, n_steps=3, n_rows=2, units=8, n_seeds=1)
    assert len(frame.query("wrt == 'input'")) == 3 and np.isfinite(frame["norm"]).all()


def test_probes_read_presets_and_refuse_forecasters_before_anything_is_trained():
    keraseq.register_preset("patched_gru_of_probes", of="gru", patch_length=2, units=3)
    quick = {"lags": (4,), "steps": 1, "n_seeds": 1, "units": 2, "verbose": 0}
    frame = probes.memory_horizon("patched_gru_of_probes", **quick)
    assert frame["model"].tolist() == ["patched_gru_of_probes"]
    sizes = {"lengths": (4, 6, 8), "widths": (), "batches": (), "n_repeats": 1, "memory": False}
    for probe in (
        lambda: probes.memory_horizon(["gru", "dlinear"], steps=10**9),
        lambda: probes.memory_horizon(["gru", "dlinear"], task="copy", steps=10**9),
        lambda: probes.gradient_flow(["gru", "dlinear"], n_steps=10**9),
        lambda: probes.scaling(["gru", "dlinear"], **{**sizes, "lengths": (10**9,) * 3}),
    ):
        with pytest.raises(ValueError, match=r"and dlinear does not serve that; .*min_gru"):
            probe()


# Gates


@pytest.mark.parametrize(
    ("name", "names"),
    [("lstm", {"input", "forget", "output"}), ("gru", {"update", "reset"})],
)
def test_gates_lie_between_shut_and_open(name, names):
    model = keraseq.build(name, (None, 2), 3, units=4, num_layers=2, seed=0)
    frame = probes.gates(model, padded(numbers(2, 5, 2)))
    assert set(frame["gate"]) == names
    assert frame["activation"].between(0, 1).all() and frame["activation"].std() > 0
    assert frame["step"].max() == 4
    assert len(frame) == 2 * 2 * 5 * 4 * len(names)  # rows, layers, steps, units


def test_a_gate_is_what_the_formula_says():
    model = keraseq.gru((None, 2), 3, units=4, seed=0)
    X = numbers(1, 3, 2)
    kernel, _, bias = next(lay for lay in model.layers if lay.name.startswith("gru")).get_weights()
    projection, offset = model.get_layer("projection").get_weights()
    z = (X[0, 0] @ projection + offset) @ kernel[:, :4] + bias.sum(axis=0)[:4]
    update = probes.gates(model, X).query("gate == 'update' and step == 0")["activation"]
    np.testing.assert_allclose(update, 1 / (1 + np.exp(-z)), rtol=1e-4)


def test_gates_of_both_directions():
    model = keraseq.bilstm((None, 2), 3, units=4, seed=0)
    X = numbers(1, 5, 2)
    plain, more = probes.gates(model, X), probes.gates(model, padded(X))
    assert set(plain["direction"]) == {"forward", "backward"}
    np.testing.assert_allclose(more["activation"], plain["activation"], atol=1e-5)


@pytest.mark.parametrize("settings", [{"reset_after": False}, {"use_bias": False}])
def test_gates_of_other_gru_cells(settings):
    inputs = keras.Input((None, 2))
    x, mask = keraseq.Padding()(inputs)
    x = keras.layers.GRU(3, **settings)(x, mask=mask)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    assert len(probes.gates(model, numbers(1, 4, 2))) == 2 * 4 * 3


def test_the_gate_of_a_scan_is_what_it_keeps():
    model = keraseq.min_gru((None, 2), 3, units=4, num_layers=1, seed=0)
    X = numbers(1, 3, 2)
    scan = next(lay for lay in model.layers if isinstance(lay, LinearScan))
    decay = np.array(keras.Model(model.input, scan.input[0])(X))[0, 1]
    kept = probes.gates(model, X).query("gate == 'update' and step == 1")["activation"]
    np.testing.assert_allclose(kept, decay, rtol=1e-4)


def test_a_model_without_gates_is_told_which_have_them():
    with pytest.raises(ValueError, match=r"simple_rnn has no gates; .*keraseq\.bilstm"):
        probes.gates(keraseq.simple_rnn((None, 2), 2, units=3), numbers(1, 4, 2))
    with pytest.raises(ValueError, match=r"X has the shape \(4, 2\), but gru takes"):
        probes.gates(keraseq.gru((None, 2), 2, units=3), numbers(4, 2))
    with pytest.raises(TypeError, match="must be a Keras model, or a fitted"):
        probes.gates("gru", numbers(1, 4, 2))
    with pytest.raises(TypeError, match="is a Sequential; probes look into functional models"):
        probes.gates(keras.Sequential([keras.layers.GRU(2)]), numbers(1, 4, 2))
    dated = keraseq.gru({"past": (4, 1), "future": (2, 1)}, (2, 1), task="forecasting", units=2)
    with pytest.raises(ValueError, match="gru has 2 inputs"):
        probes.gates(dated, numbers(1, 4, 1))


# Attention maps


def test_attention_sums_to_one_and_ignores_padding():
    model = keraseq.transformer((None, 2), 3, units=8, num_heads=2, num_layers=2, seed=0)
    X = numbers(2, 5, 2)
    X[1, 3:] = np.nan
    frame = probes.attention_maps(model, X)
    totals = frame.groupby(["row", "layer", "head", "query"])["weight"].sum()
    np.testing.assert_allclose(totals, 1, atol=1e-5)
    assert len(totals) == (5 + 3) * 2 * 2
    assert frame.query("row == 1")[["query", "key"]].max().max() == 2
    again = probes.attention_maps(model, padded(X))
    np.testing.assert_allclose(again["weight"], frame["weight"], atol=1e-5)


def test_a_model_without_attention_is_told_which_have_it():
    with pytest.raises(ValueError, match=r"gru has no attention; .*keraseq\.transformer"):
        probes.attention_maps(keraseq.gru((None, 2), 2, units=3), numbers(1, 4, 2))


# Attribution

DECIDING = 4


@pytest.fixture(scope="module")
def decided():
    """A regression in which one step of ten alone decides, and its attributions."""
    X = np.concatenate([numbers(400, 10, 1), np.zeros((400, 10, 1), "float32")], axis=2)
    X[:, DECIDING, 1] = 1  # a mark tells it from the others
    model = keraseq.gru((10, 2), 1, task="regression", pooling="last", units=16, seed=0)
    model.optimizer.learning_rate = 0.01
    model.fit(X, 3 * X[:, DECIDING, 0], epochs=30, batch_size=50, verbose=0, shuffle=False)
    rows = X[np.abs(X[:, DECIDING, 0]) > 1][:20]
    return model, rows, probes.attribution(model, rows, n_orders=5)


def test_the_step_that_decides_gets_the_credit(decided):
    _, rows, frame = decided
    assert list(frame.columns) == ["row", "step", "output", "attribution"]
    assert len(frame) == len(rows) * 10
    size = frame.assign(size=frame["attribution"].abs()).pivot(
        index="row", columns="step", values="size"
    )
    assert (size.idxmax(axis=1) == DECIDING).mean() >= 0.9


def test_attributions_sum_to_the_gain_and_deletion_beats_random_orders(decided):
    model, rows, frame = decided
    gain = np.array(model(rows) - model(np.zeros_like(rows)))[:, 0]
    np.testing.assert_allclose(frame.groupby("row")["attribution"].sum(), gain, atol=0.02)
    checks = frame.attrs
    assert checks["completeness_gap"] < 0.02
    assert checks["deletion_area"] < checks["random_area"] - 0.2
    curves = checks["deletion"]
    assert curves["hidden"][0] == 0 and curves["hidden"][-1] == 1
    for name in ("attribution", "random"):
        assert curves[name][0] == pytest.approx(float(np.mean(model(rows))), abs=1e-4)
    # Every order begins and ends alike.
    assert curves["attribution"][-1] == pytest.approx(curves["random"][-1], abs=1e-4)


def test_a_coarse_integral_is_warned_of(decided):
    model, rows, _ = decided
    with pytest.warns(UserWarning, match="raise n_points, which is 1"):
        probes.attribution(model, rows[:2], n_points=1, n_orders=1, tolerance=1e-6)


@pytest.fixture(scope="module")
def sentiment():
    texts = ["a good film", "the plot was good", "a bad film", "the plot was bad"] * 8
    labels = ["pos", "pos", "neg", "neg"] * 8
    model = keraseq.SequenceClassifier("transformer", units=8, epochs=40, random_state=0)
    return model.fit(texts, labels)


@pytest.mark.parametrize("baseline", ["zeros", "unknown"])
def test_the_word_that_decides_gets_the_credit(sentiment, baseline):
    frame = probes.attribution(sentiment, ["a good film", "the plot was bad"], baseline=baseline)
    assert frame["token"].tolist() == ["a", "good", "film", "the", "plot", "was", "bad"]
    best = frame.loc[frame.groupby("row")["attribution"].idxmax()]
    assert best["token"].tolist() == ["good", "bad"]
    assert best["output"].tolist() == [1, 0]


def test_attribution_to_a_chosen_output(sentiment):
    frame = probes.attribution(sentiment, ["a good film"], output=0)
    assert frame.loc[frame["attribution"].idxmin(), "token"] == "good"
    with pytest.raises(ValueError, match=r"output=2 is no place .* has the shape \(2,\)"):
        probes.attribution(sentiment, ["good"], output=2)


def test_attribution_names_the_class(sentiment):
    frame = probes.attribution(sentiment, ["a good film", "the plot was bad"], n_orders=1)
    assert frame.groupby("row")["output_name"].first().tolist() == ["pos", "neg"]
    display = plots.AttributionDisplay.from_frame(frame, row=1)
    assert display.ax_.get_title() == "transformer, what speaks for neg, row 1"


DAYS = pd.date_range("2022-01-03", periods=200, freq="D")


@pytest.fixture(scope="module")
def forecaster():
    """Two series of quite other sizes, and a promotion of today that sells tomorrow."""
    promotion = numbers(200)
    follows = np.r_[0, promotion[:-1]]
    y = pd.DataFrame({"cakes": 100 + 30 * follows, "flour": 1e5 + 2e4 * follows}, DAYS)
    x = pd.DataFrame({"promotion": promotion}, DAYS)
    model = keraseq.SequenceForecaster(
        "gru", horizon=2, lookback=8, units=8, epochs=40, learning_rate=0.02, patch_length=1,
        early_stopping=False, random_state=0,
    )  # fmt: skip
    return model.fit(y, past=x), y, x


def test_attributions_of_a_forecast_are_dated_and_sum_to_what_it_gains(forecaster):
    model, y, x = forecaster
    history = {"past": x[:150]}
    frame = probes.attribution(model, y[:150], output=(2, "flour"), n_orders=1, **history)
    assert list(frame.columns) == ["row", "step", "date", "output", "output_name", "attribution"]
    assert frame["date"].tolist() == list(DAYS[142:150])
    assert set(frame["output"]) == {(2, "flour")}
    assert set(frame["output_name"]) == {f"flour, {DAYS[151].date()}"}
    # The baseline is a history of nothing but the training means.
    flat = {"past": x[:150] * 0 + x.mean()}
    gain = model.predict(y=y[:150], **history) - model.predict(y=y[:150] * 0 + y.mean(), **flat)
    assert frame["attribution"].sum() == pytest.approx(gain["flour"].iloc[1], rel=1e-3)
    assert frame.attrs["completeness_gap"] < 0.01


def test_the_day_that_decides_a_forecast_gets_the_credit(forecaster):
    model, y, x = forecaster
    sizes = np.zeros(8)
    for end in (120, 150, 180):
        frame = probes.attribution(model, y[:end], past=x[:end], n_orders=1)
        sizes += frame["attribution"].abs().to_numpy()
    assert sizes.argmax() == 7  # yesterday, whose promotion tells today
    display = plots.AttributionDisplay.from_frame(frame)
    title = f"gru, what speaks for cakes, {DAYS[end].date()}, row 0"
    assert display.ax_.get_title() == title
    assert len(display.ax_.patches) == 8


def test_attribution_refuses_what_is_not_forecast(forecaster, sentiment):
    model, y, x = forecaster
    for output in (0, 3, (1, "salt"), True):
        with pytest.raises(ValueError, match=r"give a step ahead from 1 to 2, .*'flour'"):
            probes.attribution(model, y[:150], past=x[:150], output=output)
    with pytest.raises(ValueError, match="past is for a SequenceForecaster"):
        probes.attribution(sentiment, ["good"], past=x)
    with pytest.raises(ValueError, match="past is missing"):
        probes.attribution(model, y[:150])


def test_attribution_of_a_forecaster_of_many_series_names_each():
    long = pd.DataFrame(
        {"shop": ["a"] * 60 + ["b"] * 60, "day": [*DAYS[:60]] * 2, "sold": numbers(120)}
    )
    model = keraseq.SequenceForecaster(
        "simple_rnn", horizon=2, lookback=6, units=2, epochs=1, quantiles=(0.1, 0.5, 0.9),
        series_col="shop", date_col="day", random_state=0,
    ).fit(long)  # fmt: skip
    frame = probes.attribution(model, n_orders=1)  # the end of training
    assert frame.groupby("row")["series"].first().tolist() == ["a", "b"]
    assert frame["date"].max() == DAYS[59] and frame.attrs["completeness_gap"] < 0.05
    display = plots.AttributionDisplay.from_frame(frame, row=1)
    assert display.ax_.get_title() == f"simple_rnn, what speaks for sold, {DAYS[60].date()}, b"


def test_attribution_of_a_tagger_needs_a_step_and_a_tag():
    model = keraseq.gru((None, 2), 3, task="tagging", units=4, seed=0)
    X = numbers(1, 4, 2)
    frame = probes.attribution(model, X, output=(1, 2), n_orders=2)
    # A causal model's second answer owes nothing to the third step.
    later = frame.query("step > 1")["attribution"]
    assert (later == 0).all() and (frame.query("step < 2")["attribution"] != 0).all()
    with pytest.raises(ValueError, match="give a tuple"):
        probes.attribution(model, X)


def test_attribution_refuses_what_it_cannot_read():
    inputs = keras.Input((4, 2))
    bare = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(inputs)))
    with pytest.raises(ValueError, match=r"has no keraseq\.Padding layer"):
        probes.attribution(bare, numbers(1, 4, 2))
    model = keraseq.gru((None, 2), 2, units=3)
    with pytest.raises(ValueError, match="'unknown' is for tokens; gru reads numbers"):
        probes.attribution(model, numbers(1, 4, 2), baseline="unknown")


# Memory horizon


def test_an_easy_lag_is_learned_and_the_horizon_says_so():
    frame = probes.memory_horizon(
        ["gru"], lags=(2, 4), steps=300, units=8, n_seeds=1, threshold=1 / 12, verbose=0
    )
    assert frame["lag"].tolist() == [2, 4] and frame["learned"].all()
    assert (frame["horizon"] == 4).all() and (frame["error"] <= 1 / 12).all()
    assert (frame["reads"] == "last").all() and (frame["steps"] <= 300).all()


def test_the_first_lag_that_is_not_learned_ends_the_search():
    frame = probes.memory_horizon(
        ["simple_rnn", "transformer"], lags=(3, 5), steps=2, units=4, n_seeds=2, verbose=0
    )
    assert frame["lag"].eq(3).all() and not frame["learned"].any() and frame["horizon"].eq(0).all()
    assert frame["reads"].tolist() == ["last"] * 2 + ["ends"] * 2
    assert frame["seed"].tolist() == [0, 1] * 2
    assert (frame["learning_rate"].isin([0.005, 0.002])).all() and (frame["steps"] == 2).all()


def test_training_for_a_horizon_is_the_same_each_time():
    settings = {"lags": (3,), "steps": 5, "units": 4, "n_seeds": 1, "verbose": 0}
    first, again = (probes.memory_horizon(["simple_rnn", "gru"], **settings) for _ in range(2))
    assert first["error"].tolist() == again["error"].tolist()
    alone = probes.memory_horizon(["gru"], **settings)
    assert alone["error"].tolist() == first.query("model == 'gru'")["error"].tolist()


def test_the_copy_task_counts_symbols():
    frame = probes.memory_horizon(
        ["gru"], task="copy", lags=(2,), steps=60, units=8, n_seeds=1, verbose=0
    )
    assert frame["reads"].tolist() == ["every step"]
    # Without memory seven of eight symbols are wrong; blanks would be easy, and do not count.
    assert 0.6 < frame["error"].item() < 0.95


def test_memory_horizon_refuses_bad_arguments():
    with pytest.raises(ValueError, match="Did you mean 'copy'"):
        probes.memory_horizon(["gru"], task="copi")
    with pytest.raises(ValueError, match=r"lags=\[50, 25\] must rise"):
        probes.memory_horizon(["gru"], lags=(50, 25))
    with pytest.raises(ValueError, match="learning_rates is empty"):
        probes.memory_horizon(["gru"], learning_rates=())


# Scaling


def test_the_exponent_of_a_power_law_is_found():
    sizes = np.array([10, 20, 40, 80])
    noise = np.exp(numbers(4) / 50)
    for exponent in (1, 2):
        slope, error = fit_exponent(sizes, 1e-3 * sizes**exponent * noise)
        assert slope == pytest.approx(exponent, abs=0.1) and 0 < error < 0.1
    assert np.isnan(fit_exponent(sizes, [0, 1, 2, 3])).all()


@pytest.fixture(scope="module")
def costs():
    return probes.scaling(
        ["gru"], lengths=(16, 32, 64), widths=(), batches=(4, 8, 16), width=16, n_repeats=2
    )


def test_scaling_has_every_cost_of_every_size(costs):
    assert list(costs.columns) == [
        "model",
        "quantity",
        "axis",
        "size",
        "value",
        "low",
        "high",
        "exponent",
        "exponent_error",
    ]
    assert costs.groupby(["quantity", "axis"]).size().eq(3).all() and len(costs) == 3 * 2 * 3
    assert (costs["value"] > 0).all() and costs["value"].between(costs["low"], costs["high"]).all()
    assert costs.groupby(["quantity", "axis"])["exponent"].nunique().eq(1).all()


def test_memory_grows_with_the_sequence(costs):
    memory = costs.query("quantity == 'train_megabytes'")
    assert memory.query("axis == 'length'")["value"].is_monotonic_increasing
    assert memory["exponent"].between(0.5, 1.5).all()


def test_scaling_refuses_too_few_sizes():
    with pytest.raises(ValueError, match=r"\[4, 8\] are too few sizes"):
        probes.scaling(["gru"], lengths=(4, 8))
    with pytest.raises(ValueError, match="all empty"):
        probes.scaling(["gru"], lengths=(), widths=(), batches=())


# Plots


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_the_plot_of_gradients(flow):
    display = plots.GradientFlowDisplay.from_frame(flow)
    assert legend(display) == ["simple_rnn", "lstm", "gru", "transformer"]
    assert display.ax_.get_yscale() == "log" and display.ax_.xaxis_inverted()
    cell = plots.GradientFlowDisplay.from_frame(flow, wrt="cell state")
    assert legend(cell) == ["lstm"]
    with pytest.raises(ValueError, match="Did you mean 'hidden state'"):
        plots.GradientFlowDisplay.from_frame(flow, wrt="hidden")


def test_the_plot_of_horizons():
    rows = [("gru", "last", 0, 50, 100), ("gru", "last", 0, 100, 100), ("bilstm", "ends", 0, 50, 0)]
    frame = pd.DataFrame(rows, columns=["model", "reads", "seed", "lag", "horizon"])
    display = plots.MemoryHorizonDisplay.from_frame(frame)
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == ["gru\n(reads last)", "bilstm\n(reads ends)"]


def test_the_plot_of_costs(costs):
    display = plots.ScalingDisplay.from_frame(costs, axis="batch", quantity="train_megabytes")
    assert legend(display)[0].startswith("gru: ") and "±" in legend(display)[0]
    assert display.ax_.get_xlabel() == "batch" and "megabytes" in display.ax_.get_ylabel()
    with pytest.raises(ValueError, match="axis='width' is not there"):
        plots.ScalingDisplay.from_frame(costs, axis="width")


def test_the_plots_of_one_model(sentiment):
    texts = ["a good film", "the plot was bad"]
    clf = keraseq.SequenceClassifier("gru", units=4, epochs=1, random_state=0)
    gates = probes.gates(clf.fit(["a good film", "a bad one"], [1, 0]), ["a good film"])
    assert legend(plots.GatesDisplay.from_frame(gates)) == [
        "update: 1 keeps the state",
        "reset: 0 ignores the state",
        "middle 80 % of the units",
    ]

    maps = probes.attention_maps(sentiment, texts)
    display = plots.AttentionMapsDisplay.from_frame(maps, row=1, head=2)
    words = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert words == ["the", "plot", "was", "bad"]
    assert display.ax_.get_title().endswith("attention of layer 1, head 2, row 1")

    shares = probes.attribution(sentiment, texts, n_orders=2)
    display = plots.AttributionDisplay.from_frame(shares, row=0)
    words = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert words == ["a", "good", "film"] and len(display.ax_.patches) == 3
    curves = plots.AttributionDisplay.from_frame(shares, show="deletion")
    assert legend(curves) == ["by attribution", "in random order"]
    with pytest.raises(ValueError, match="row=7 is not there"):
        plots.AttributionDisplay.from_frame(shares, row=7)

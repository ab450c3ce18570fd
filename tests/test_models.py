"""Every architecture goes through the same contract."""

import contextlib
import doctest
import functools
import inspect
import random
import subprocess
import sys

import keras
import numpy as np
import pytest
from _gradients import compiled_call, gradients_of_loss

import keraseq
from keraseq.models import find_model
from keraseq.models.layers import SequencePooling
from keraseq.tasks import get_task
from keraseq.tasks.layers import POOLINGS

MODELS = keraseq.models.model_file_names()
BODIES = [name for name in MODELS if find_model(name).kind.name == "body"]
# Patches are of numbers, and leave no answer to a single step.
TAGGERS = [name for name in BODIES if "tagging" in find_model(name).served_tasks]
OUTPUTS = {
    "classification": 3,
    "multilabel": 4,
    "regression": 2,
    "tagging": 5,
    # Of the 30 ids that it reads.
    "language_model": 30,
    "forecasting": (4, 2),
}
QUANTILES = (0.1, 0.5, 0.9)
STEM, UNITS, LOOKBACK = 6, 5, 6
every_model = pytest.mark.parametrize("name", MODELS)
every_body = pytest.mark.parametrize("name", BODIES)
every_tagger = pytest.mark.parametrize("name", TAGGERS)


def cases(names):
    """Every task that a model serves, of numbers and of token ids, as its spec says."""
    for name in names:
        spec = find_model(name)
        for task in spec.served_tasks:
            # Pairs are read as tagged rows are, and have a test of their own.
            if get_task(task).writes:
                continue
            kinds = [False] if get_task(task).reads_history else [False, True]
            if get_task(task).answers_tokens:
                kinds = [True]
            for tokens in kinds:
                if spec.inputs in ("any", "tokens" if tokens else "numbers"):
                    yield name, task, tokens


def sizes(name, **wanted):
    """Those of the wanted sizes that a model has."""
    return {size: n for size, n in wanted.items() if size in find_model(name).parameters}


@functools.cache
def built(name, task, tokens=False, **options):
    spec = find_model(name)
    is_body = spec.kind.name == "body"
    time = None if is_body else LOOKBACK
    stem = {"embedding_dim": STEM, "vocabulary_size": 30 if tokens else None} if is_body else {}
    return keraseq.build(
        name,
        (time,) if tokens else (time, 2),
        OUTPUTS[task],
        task=task,
        **{"seed": 0, **stem, **sizes(name, units=UNITS, num_layers=1), **options},
    )


def patches(name):
    """Short ones for a preset with patches, so that a short row has several."""
    return {"patch_length": 2} if dict(find_model(name).settings).get("patch_length") else {}


def ragged_batch(tokens, time):
    """Rows of 0, 1, 3 and 5 real steps, padded to `time`."""
    draw = np.random.default_rng(0)
    if tokens:
        values = draw.integers(1, 30, (4, 5)).astype("int32")
        batch = np.zeros((4, time), "int32")
    else:
        values = draw.normal(size=(4, 5, 2)).astype("float32")
        batch = np.full((4, time, 2), np.nan, "float32")
    for row, length in enumerate((0, 1, 3, 5)):
        batch[row, :length] = values[row, :length]
    return batch


def inputs_of(model, batch):
    """What the model takes: the rows, and a place in the season where it asks for one."""
    if not isinstance(model.input, dict):
        return batch
    return {"past": batch, "phase": np.full(len(batch), 2, "int32")}


def predict(model, batch):
    answer = compiled_call(model)(inputs_of(model, batch), training=False)
    return keras.tree.map_structure(keras.ops.convert_to_numpy, answer)


def gradients(model, batch, targets):
    """The largest absolute gradient of each trainable weight, by its path."""
    found = gradients_of_loss(model, inputs_of(model, batch), targets)
    return {
        weight.path: 0 if gradient is None else float(np.abs(gradient).max())
        for weight, gradient in zip(model.trainable_weights, found, strict=True)
    }


def test_the_zoo_is_found_without_a_list():
    assert {"bilstm", "gru", "lstm", "simple_rnn", "transformer"} <= set(MODELS)
    assert set(MODELS) <= set(keraseq.list_models())


@pytest.mark.parametrize(("name", "task", "tokens"), [*cases(MODELS)])
def test_output_shape_and_no_implicit_mask(name, task, tokens):
    model = built(name, task, tokens)
    outputs, per_step = OUTPUTS[task], get_task(task).per_step
    expected = outputs if isinstance(outputs, tuple) else (outputs,)
    expected = (None, *expected) if per_step else expected
    assert model.output_shape == (None, *expected)
    result = predict(model, ragged_batch(tokens, 6))
    assert result.shape == (4, *(length or 6 for length in expected))
    assert np.isfinite(result).all()
    last = {"pooling", "logits"} & {layer.name for layer in model.layers}
    before_head = [model.get_layer(layer).input for layer in last]
    for tensor in keras.tree.flatten([before_head, model.output, result]):
        assert getattr(tensor, "_keras_mask", None) is None


@pytest.mark.parametrize(
    ("name", "task"),
    [(n, t) for n, t, tokens in cases(MODELS) if get_task(t).takes_quantiles and not tokens],
)
def test_quantiles_are_a_last_axis_and_never_cross(name, task):
    model = built(name, task, quantiles=QUANTILES)
    assert model.output_shape == (*built(name, task).output_shape, 3)
    assert (np.diff(predict(model, ragged_batch(False, 6))) >= 0).all()


def answering(model, pools):
    """A function from rows to the model's answer and to what each pooling makes of its body's."""
    if not pools or "pooling" not in [layer.name for layer in model.layers]:
        return lambda batch: [predict(model, batch)]
    x, mask = model.get_layer("pooling").input
    pooled = [SequencePooling(pooling)(x, mask) for pooling in POOLINGS]
    whole = keras.Model(model.input, [model.output, *pooled])

    def answers(batch):
        answer, *vectors = predict(whole, batch)
        # Independent channels are rows of the body's batch.
        return [answer, *(vector.reshape(len(batch), -1) for vector in vectors)]

    return answers


def _doubles_of_jax():
    """Let JAX compute in float64, which it does not by itself."""
    if keras.backend.backend() != "jax":
        return contextlib.nullcontext()
    import jax

    return jax.enable_x64(True)


@pytest.fixture
def double_precision():
    """A normalisation of nearly equal channels makes a rounding ten times as large, two a hundred.

    In float64 it stays far under a tolerance that a leak exceeds; what is by design computed in
    float32, as the softmax of attention, is then the largest, some 1e-7.
    """
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    with _doubles_of_jax():
        yield
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


def first_of_its_reading(name, task):
    """Whether no earlier task of the model reads the same body in the same way."""

    def reading(one):
        return get_task(one).per_step, get_task(one).reads_history

    served = find_model(name).served_tasks
    return task == next(t for t in OUTPUTS if t in served and reading(t) == reading(task))


@pytest.mark.parametrize(("name", "task", "tokens"), [*cases(BODIES)])
def test_padding_changes_nothing(name, task, tokens, double_precision):
    options = {"patch_length": 2} if get_task(task).reads_history else {}
    model = built.__wrapped__(name, task, tokens, **options)
    # Other heads read what the first one's rows were alone for: the same pooled vectors.
    is_first = first_of_its_reading(name, task)
    answers = answering(model, is_first)
    short, long = (ragged_batch(tokens, time) for time in (5, 9))
    expected, in_batch = answers(long), answers(short)
    alone = {0: (1,), 1: (1,), 2: (3, 9)} if is_first else {}
    for row, length in enumerate((1, 1, 3, 5)):
        others = [[part[row] for part in in_batch]]
        for time in alone.get(row, ()):
            others.append([part[0] for part in answers(long[row : row + 1, :time])])
        real = slice(0, length) if get_task(task).per_step else slice(None)
        for found in others:
            for got, wanted in zip(found, expected, strict=True):
                assert np.isfinite(got).all()
                np.testing.assert_allclose(got[real], wanted[row][real], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"quantiles": QUANTILES}], ids=["point", "quantiles"])
@pytest.mark.parametrize("name", [n for n, task, tokens in cases(MODELS) if task == "forecasting"])
def test_a_row_is_forecast_alike_in_a_batch_of_any_size(name, options):
    """A batch that is as large as another axis must not be taken for it (`keras.ops.add` does)."""
    model = built(name, "forecasting", **options)
    rows = 10 + np.random.default_rng(0).normal(size=(6, LOOKBACK, 2)).astype("float32")
    alone = [predict(model, row[None])[0] for row in rows[:2]]
    # Channels, quantiles, horizon, units, history.
    for n in range(2, 7):
        np.testing.assert_allclose(predict(model, rows[:n])[:2], alone, atol=1e-4)


@every_tagger
def test_two_layers_do_not_see_padding_either(name):
    model = built(name, "tagging", True, num_layers=2)
    short, long = (predict(model, ragged_batch(True, time)) for time in (5, 9))
    for row, length in enumerate((1, 1, 3, 5)):
        np.testing.assert_allclose(short[row, :length], long[row, :length], atol=1e-5)


@every_tagger
def test_causal_is_what_the_body_is(name):
    spec = find_model(name)
    offered = [{}, {"causal": True}] if "causal" in spec.own_parameters else [{}]
    batch = ragged_batch(True, 5)
    changed = batch.copy()
    changed[3, 4] = batch[3, 4] % 28 + 1
    for own in offered:
        model = built(name, "tagging", True, **own)
        moved = np.abs(predict(model, changed) - predict(model, batch))[3, :4].max()
        assert (moved < 1e-6) == spec.is_causal(own)
    if not spec.is_causal():
        with pytest.raises(ValueError, match="not causal"):
            built(name, "classification", True, pooling="last")


def around(f, h):
    """Weights of a minimal block but for its gates and candidate."""
    norms, convolution, feedforward = 3 * 2 * h, (4 + 1) * h, 2 * h * (h + 1) + (2 * h + 1) * h
    return (f + 1) * h + norms + convolution + feedforward + 2 * h


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("simple_rnn", lambda f, h: (f + h + 1) * h),
        ("lstm", lambda f, h: 4 * (f + h + 1) * h),
        ("gru", lambda f, h: 3 * (f + h + 2) * h),
        ("bilstm", lambda f, h: 8 * (f + h + 1) * h),
        ("bigru", lambda f, h: 6 * (f + h + 2) * h),
        ("min_gru", lambda f, h: around(f, h) + 2 * (h + 1) * h),
        ("min_lstm", lambda f, h: around(f, h) + 3 * (h + 1) * h),
    ],
)
def test_weight_counts(name, formula):
    model = built(name, "classification")
    stem, pooled = 2 * STEM + STEM, 2 * UNITS * (2 if name.startswith("bi") else 1)
    head = (pooled + 1) * OUTPUTS["classification"]
    assert keraseq.count_parameters(model) == stem + formula(STEM, UNITS) + head


@pytest.mark.parametrize(
    ("name", "tokens"),
    [(n, tokens) for n, task, tokens in cases(BODIES) if task == "classification"],
)
def test_every_weight_gets_a_gradient(name, tokens):
    model = built(name, "classification", tokens, num_layers=2, **patches(name))
    # Of texts, a third train without their n-grams and a third without their steps: of so many
    # rows never all.
    batch, targets = np.repeat(ragged_batch(tokens, 6), 8, axis=0), np.tile([0, 1, 2, 0], 8)
    found = gradients(model, batch, targets)
    assert all(found.values()), [path for path, gradient in found.items() if not gradient]


@every_model
def test_every_weight_gets_a_gradient_from_a_forecast(name):
    model = built(name, "forecasting", quantiles=QUANTILES, **patches(name))
    targets = np.random.default_rng(0).normal(size=(4, 4, 2)).astype("float32")
    found = gradients(model, ragged_batch(False, 6), targets)
    assert all(found.values()), [path for path, gradient in found.items() if not gradient]


@every_model
def test_one_seed_one_model(name):
    before = random.getstate()
    options = {**sizes(name, dropout=0.1), "task": find_model(name).served_tasks[0]}
    one, two, other = (built.__wrapped__(name, seed=seed, **options) for seed in (1, 1, 2))
    assert random.getstate() == before
    pairs = zip(one.get_weights(), two.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    assert any(
        not np.array_equal(a, b)
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True)
    )


@pytest.mark.parametrize("name", [n for n in BODIES if find_model(n).kind.sizes(find_model(n))])
@pytest.mark.parametrize(
    ("budget", "num_layers", "share"), [(30_000, 1, 0.02), (100_000, 1, 0.02), (60_000, 2, 0.04)]
)
def test_budgets_are_met(name, budget, num_layers, share):
    reads = {"input_shape": (None, 8)}
    if find_model(name).inputs != "numbers":
        reads = {"input_shape": (None,), "vocabulary_size": 500}
    model = keraseq.build(name, outputs=2, parameter_budget=budget, num_layers=num_layers, **reads)
    assert abs(keraseq.count_parameters(model) - budget) <= share * budget


@pytest.mark.parametrize("name", ["inception_time", "patch_tst", "lstm_fcn"])
def test_budgets_are_met_at_the_default_number_of_layers(name):
    model = keraseq.build(name, (100, 3), 4, parameter_budget=30_000)
    assert abs(keraseq.count_parameters(model) - 30_000) <= 0.02 * 30_000


def test_a_budget_too_small_says_what_can_be_met():
    with pytest.raises(ValueError, match=r"units=1 has \d+ weights"):
        keraseq.lstm((None, 3), 2, parameter_budget=100)
    with pytest.raises(ValueError, match="give one"):
        keraseq.lstm((None, 3), 2, parameter_budget=100_000, units=3)


def test_saved_models_load_in_a_fresh_process(tmp_path):
    for name in MODELS:
        short = {"patch_length": 2} if name in BODIES else {}
        made = {"series": built(name, "forecasting", quantiles=QUANTILES, **short)}
        if name in TAGGERS:
            made["tokens"] = built(name, "tagging", True)
        for kind, model in made.items():
            model.save(tmp_path / f"{name}-{kind}.keras")
            batch = ragged_batch(kind == "tokens", 6)
            given = inputs_of(model, batch)
            parts = given if isinstance(given, dict) else {"x": given}
            np.savez(tmp_path / f"{name}-{kind}.npz", **parts, answer=predict(model, batch))
    code = """
import pathlib, sys, warnings, numpy as np, keras, keraseq
warnings.simplefilter("error", UserWarning)
paths = sorted(pathlib.Path(sys.argv[1]).glob("*.keras"))
# Ours first, before anything else has made the layers known.
for load in (keraseq.load_model, keras.saving.load_model):
    for path in paths:
        with np.load(path.with_suffix(".npz")) as saved:
            given = dict(saved)
            expected = given.pop("answer")
            answer = load(path)(given.get("x", given), training=False)
            answer = keras.ops.convert_to_numpy(answer)
            np.testing.assert_allclose(answer, expected, rtol=1e-5, atol=1e-5)
print(len(paths), "equal")
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(len(MODELS) + len(TAGGERS)), "equal"], done.stderr[-2000:]


@every_model
def test_builders_have_a_signature_and_a_docstring_that_runs(name):
    builder = getattr(keraseq, name)
    parameters = inspect.signature(builder).parameters
    assert list(parameters)[:3] == ["input_shape", "outputs", "task"]
    for parameter in parameters:
        assert f"\n{parameter} : " in builder.__doc__, parameter
    examples = doctest.DocTestFinder().find(builder, name, module=False)
    runner = doctest.DocTestRunner(verbose=False)
    for example in examples:
        runner.run(example)
    assert runner.summarize(verbose=False).attempted > 0
    assert runner.failures == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"outputs": 1}, "regression"),
        ({"input_shape": (3,)}, "time, features"),
        ({"task": "clasification"}, "Did you mean 'classification'"),
        ({"dropout": 1.5}, "dropout=1.5"),
        ({"units": 0}, "units=0"),
        ({"pooling": "sum"}, "'mean'"),
        ({"token_dropout": 0.2}, "vocabulary_size"),
        ({"quantiles": (0.1, 0.9)}, "for numbers"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"input_shape": (None, 3), "outputs": 2, **change}
    with pytest.raises(ValueError, match=message):
        keraseq.gru(**arguments)


def test_an_unknown_own_parameter_proposes_the_nearest():
    with pytest.raises(TypeError, match="Did you mean 'num_heads'"):
        keraseq.transformer((None, 3), 2, n_heads=2)


def test_a_misspelt_shared_parameter_proposes_the_nearest():
    with pytest.raises(TypeError, match="Did you mean 'units'"):
        keraseq.lstm((None, 3), 2, unit=4)

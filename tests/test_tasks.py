"""Heads, losses, metrics and decoding: what a task's numbers mean."""

import keras
import numpy as np
import pytest
from scipy.special import expit, softmax

import keraseq
from keraseq.models.layers import Patches, PinballLoss, QuantileSteps, TaggingAccuracy
from keraseq.tasks import get_task, task_names

QUANTILES = (0.1, 0.5, 0.9)


def numbers(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def predict(model, batch):
    return keras.ops.convert_to_numpy(model(batch, training=False))


def small(task, outputs, input_shape=(None, 2), **options):
    return keraseq.gru(input_shape, outputs, task=task, units=4, embedding_dim=4, seed=0, **options)


def test_classification_of_one_class_names_regression():
    with pytest.raises(ValueError, match=r"outputs=1 .*task='regression'"):
        keraseq.gru((None, 2), 1)


@pytest.mark.parametrize(
    ("task", "outputs", "message"),
    [
        ("regression", 0, "outputs=0"),
        ("tagging", 1, "regression"),
        ("forecasting", 3, r"\(horizon, targets\)"),
        ("forecasting", (0, 1), "horizon=0"),
        ("forecasting", (3, 5), "5 targets of 2 features"),
    ],
)
def test_outputs_out_of_range_say_what_is_allowed(task, outputs, message):
    with pytest.raises(ValueError, match=message):
        small(task, outputs)


def test_an_unknown_task_proposes_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'multilabel'"):
        get_task("multi-label")


@pytest.mark.parametrize(
    "quantiles", [(), (0.9, 0.1), (0.5, 0.5), (0.0, 0.5), 0.5, ("low", "high")]
)
def test_quantiles_must_rise_between_0_and_1(quantiles):
    with pytest.raises(ValueError, match="rising numbers between 0 and 1"):
        small("regression", 1, quantiles=quantiles)


@pytest.mark.parametrize(
    ("task", "link"), [("classification", softmax), ("tagging", softmax), ("multilabel", expit)]
)
def test_without_logits_the_model_ends_in_what_decode_gives(task, link):
    options = {"axis": -1} if link is softmax else {}
    batch = numbers(3, 5, 2)
    logits, probabilities = (predict(small(task, 3, logits=end), batch) for end in (True, False))
    np.testing.assert_allclose(probabilities, link(logits, **options), atol=1e-6)
    np.testing.assert_allclose(get_task(task).decode(logits), probabilities, atol=1e-6)


@pytest.mark.parametrize("task", ["classification", "multilabel", "tagging"])
def test_loss_and_metrics_are_the_same_with_and_without_logits(task):
    batch = numbers(8, 5, 2)
    truth = np.arange(8) % 3
    truth = {
        "classification": truth,
        "multilabel": np.eye(3)[truth],
        "tagging": np.broadcast_to(truth[:, None], (8, 5)),
    }[task]
    scores = [
        small(task, 3, logits=end).evaluate(batch, truth, verbose=0, return_dict=True)
        for end in (True, False)
    ]
    assert scores[0] == pytest.approx(scores[1], abs=1e-4)
    assert set(scores[0]) == {"loss", "accuracy"}


def test_decode_leaves_numbers_as_they_are():
    values = numbers(3, 2)
    for name in ("regression", "forecasting"):
        np.testing.assert_array_equal(get_task(name).decode(values), values)
    assert set(task_names()) == {
        "classification",
        "multilabel",
        "regression",
        "tagging",
        "forecasting",
        "transduction",
        "language_model",
    }


def test_multilabel_accuracy_counts_a_label_from_even_odds_on():
    metric = get_task("multilabel").metrics(logits=True)[0]
    metric.update_state(np.array([[1, 0, 1, 0]]), np.array([[0.3, -0.3, -2.0, 2.0]]))
    assert float(metric.result()) == 0.5


def test_tagging_accuracy_ignores_padded_steps_and_reads_weights():
    scores = np.eye(3, dtype="float32")[[[0, 1, 2], [2, 2, 2]]]
    tags = np.array([[0, 2, -1], [2, -1, -1]])
    metric = TaggingAccuracy()
    metric.update_state(tags, scores)
    assert float(metric.result()) == pytest.approx(2 / 3)
    for weights in (np.array([0.0, 1.0]), np.array([[0.0] * 3, [1.0] * 3])):
        metric.reset_state()
        metric.update_state(tags, scores, sample_weight=weights)
        assert float(metric.result()) == 1.0


def test_padded_steps_do_not_dilute_the_tagging_loss():
    loss = get_task("tagging").loss(logits=True)
    scores, tags = numbers(2, 6, 3), np.array([[0, 1, 2], [2, 0, 1]])
    padded = np.pad(tags, ((0, 0), (0, 3)), constant_values=-1)
    assert float(loss(padded, scores)) == pytest.approx(float(loss(tags, scores[:, :3])), rel=1e-5)


def test_pinball_loss_is_the_mean_of_its_definition():
    truth, predicted = numbers(4, 2), numbers(4, 2, 3)
    error = truth[..., None] - predicted
    levels = np.array(QUANTILES)
    expected = np.where(error >= 0, levels * error, (levels - 1) * error).mean()
    assert float(PinballLoss(QUANTILES)(truth, predicted)) == pytest.approx(expected, rel=1e-5)


def test_pinball_loss_is_smallest_at_the_quantile():
    truth = np.linspace(0, 1, 101, dtype="float32")[:, None]
    loss = PinballLoss((0.9,))
    at = {
        value: float(loss(truth, np.full((101, 1, 1), value, "float32")))
        for value in (0.8, 0.9, 0.95)
    }
    assert min(at, key=at.get) == 0.9


@pytest.mark.parametrize("centre", [0, 1, 2])
def test_quantiles_rise_whatever_the_head_says(centre):
    values = np.array([[-5.0, -9.0, -7.0], [8.0, 0.0, -8.0]], "float32")
    quantiles = keras.ops.convert_to_numpy(QuantileSteps(centre)(values))
    assert (np.diff(quantiles) > 0).all()
    np.testing.assert_allclose(quantiles[:, centre], values[:, centre])


@pytest.mark.parametrize(("task", "outputs"), [("regression", 2), ("forecasting", (3, 2))])
def test_models_with_quantiles_train_and_rise(task, outputs):
    model = small(task, outputs, quantiles=QUANTILES)
    truth = numbers(8, *(outputs if isinstance(outputs, tuple) else (outputs,)))
    model.fit(numbers(8, 6, 2), truth, verbose=0)
    predicted = predict(model, 100 * numbers(8, 6, 2))
    assert predicted.shape == (*truth.shape, 3)
    assert (np.diff(predicted) > 0).all()


@pytest.mark.parametrize("quantiles", [None, QUANTILES])
@pytest.mark.parametrize(("channels", "targets"), [("independent", 2), ("mixed", 2), ("mixed", 1)])
def test_a_forecast_follows_level_and_scale_of_its_history(channels, targets, quantiles):
    model = small(
        "forecasting", (3, targets), (24, 2), channels=channels, patch_length=5, quantiles=quantiles
    )
    history = numbers(2, 24, 2)
    level, scale = np.array([50.0, -20.0], "float32"), np.array([8.0, 0.5], "float32")
    end = (slice(None), slice(None), None) if quantiles else (slice(None), slice(None))
    moved = (np.broadcast_to(v[:targets], (3, targets))[end] for v in (level, scale))
    level_out, scale_out = moved
    np.testing.assert_allclose(
        predict(model, history * scale + level),
        predict(model, history) * scale_out + level_out,
        rtol=1e-4,
        atol=1e-3,
    )


def test_independent_channels_share_weights_and_do_not_see_each_other():
    model = small("forecasting", (3, 2), (12, 2))
    history = numbers(4, 12, 2)
    np.testing.assert_allclose(
        predict(model, history[..., ::-1]), predict(model, history)[..., ::-1], atol=1e-5
    )
    changed = history.copy()
    changed[..., 1] = history[::-1, :, 1]
    np.testing.assert_allclose(
        predict(model, changed)[..., 0], predict(model, history)[..., 0], atol=1e-5
    )


def test_mixed_channels_see_each_other():
    model = small("forecasting", (3, 1), (12, 2))
    history = numbers(4, 12, 2)
    changed = history.copy()
    changed[..., 1] = history[::-1, :, 1]
    assert np.abs(predict(model, changed) - predict(model, history)).max() > 1e-3


def test_a_constant_history_is_forecast_finitely():
    model = small("forecasting", (3, 1), (12, 1))
    assert np.isfinite(predict(model, np.full((1, 12, 1), 1e4, "float32"))).all()


def test_independent_channels_need_every_channel_as_a_target():
    with pytest.raises(ValueError, match="channels='mixed'"):
        small("forecasting", (3, 1), channels="independent")
    with pytest.raises(ValueError, match="is for forecasting"):
        small("regression", 1, channels="mixed")


def test_patches_end_at_the_last_real_step():
    series = np.arange(1, 8, dtype="float32")[None, :, None].repeat(2, axis=0)
    mask = np.arange(7)[None] < np.array([[7], [4]])
    series[~mask] = 0
    patches, patch_mask = map(keras.ops.convert_to_numpy, Patches(3)(series, mask))
    np.testing.assert_array_equal(patches[0], [[1, 1, 1], [2, 3, 4], [5, 6, 7]])
    np.testing.assert_array_equal(patches[1], [[1, 1, 1], [2, 3, 4], [0, 0, 0]])
    np.testing.assert_array_equal(patch_mask, [[True, True, True], [True, True, False]])


def test_patches_are_for_numbers_and_not_for_tags():
    with pytest.raises(ValueError, match="token ids have no patches"):
        keraseq.gru((None,), 2, vocabulary_size=9, patch_length=2)
    with pytest.raises(ValueError, match="labels every step"):
        small("tagging", 3, patch_length=2)
    with pytest.raises(ValueError, match="answers at every step"):
        small("tagging", 3, pooling="mean")


@pytest.mark.parametrize("name", ["classification", "multilabel", "tagging"])
def test_probabilities_become_what_decodes_to_them(name):
    task = get_task(name)
    probabilities = np.array([[0.25, 0.75], [0.5, 0.5]])
    np.testing.assert_allclose(task.decode(task.undecode(probabilities)), probabilities)
    certain = task.undecode(np.array([[1, 0]], "float32"))
    assert np.isfinite(certain).all()
    np.testing.assert_array_equal(task.answer(certain), [[1, 0]] if task.many_labels else [0])


def test_every_task_but_the_forecast_encodes_its_y():
    ys = {
        "classification": ["no", "yes"],
        "multilabel": [[0, 1], [1, 1]],
        "regression": [0.5, 2.0],
        "tagging": [["DET", "NOUN"], ["NOUN"]],
    }
    for name, y in ys.items():
        assert get_task(name).make_target().fit(y).outputs_ == (1 if name == "regression" else 2)
    with pytest.raises(TypeError, match="its target"):
        get_task("forecasting").make_target()


def test_of_several_quantiles_the_forecast_is_the_one_nearest_to_the_median():
    values = np.arange(6.0).reshape(1, 2, 3)
    forecasting = get_task("forecasting")
    np.testing.assert_array_equal(forecasting.decode(values, (0.1, 0.6, 0.9)), values[..., 1])
    assert forecasting.decode(values) is values

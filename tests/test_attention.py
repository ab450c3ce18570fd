"""What tells the steps of attention apart."""

import keras
import numpy as np
import pytest

import keraseq
from keraseq.comparison.probes import attention_maps
from keraseq.models import Stepper
from keraseq.models.layers.positioned_attention import distance_bucket, rotate

draw = np.random.default_rng(0)
POSITIONS = ("rotary", "relative")


def transformer(positions, **options):
    options = {"units": 6, "num_heads": 2, "num_layers": 2, "task": "tagging", "seed": 0, **options}
    model = keraseq.transformer((None, 2), 3, positions=positions, **options)
    for weight in model.trainable_weights:
        if weight.name == "bias" and weight.shape == (2, 32):
            weight.assign(draw.normal(size=weight.shape))
    return model


def answer(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def test_rotary_is_a_turn_of_complex_numbers():
    x = draw.normal(size=(1, 4, 2, 5)).astype("float32")
    turned = np.array(rotate(x, np.arange(3, 7)))
    pairs = x[..., :2] + 1j * x[..., 2:4]
    angle = np.arange(3, 7)[:, None] / 10_000 ** (np.arange(2) / 2)
    pairs = pairs * np.exp(1j * angle)[None, :, None]
    expected = np.concatenate([pairs.real, pairs.imag, x[..., 4:]], axis=-1)
    np.testing.assert_allclose(turned, expected, atol=1e-5)


def test_near_distances_are_told_apart_and_far_ones_grouped():
    distance = np.array([0, -1, -7, -8, -127, -5000, 1, 7, 5000])
    assert np.array(distance_bucket(distance)).tolist() == [0, 1, 7, 8, 15, 15, 17, 23, 31]


@pytest.mark.parametrize("positions", [*POSITIONS, "none"])
def test_only_without_positions_the_order_of_steps_is_lost(positions):
    model = transformer(positions)
    x = draw.normal(size=(1, 6, 2)).astype("float32")
    moved = np.abs(answer(model, x[:, ::-1])[:, ::-1] - answer(model, x)).max()
    assert (moved < 1e-5) == (positions == "none")


@pytest.mark.parametrize("positions", POSITIONS)
def test_positions_see_no_padding_and_step_by_step_are_the_same(positions):
    model = transformer(positions, causal=True)
    x = draw.normal(size=(2, 7, 2)).astype("float32")
    padded = np.concatenate([x, np.full((2, 3, 2), np.nan, "float32")], axis=1)
    whole = answer(model, x)
    np.testing.assert_allclose(answer(model, padded)[:, :7], whole, atol=1e-5)
    stepper = Stepper(model)
    state = stepper.initial_state(2)
    for t in range(7):
        y, state = stepper(x[:, t], state)
        np.testing.assert_allclose(y, whole[:, t], atol=1e-5)
    maps = attention_maps(model, x)
    assert np.allclose(
        maps.groupby(["row", "layer", "head", "query"])["weight"].sum(), 1, atol=1e-5
    )
    assert maps.loc[maps["key"] > maps["query"], "weight"].max() < 1e-6


def test_patches_of_a_preset_are_for_numbers_and_for_whole_sequences():
    with pytest.raises(ValueError, match="patch_tst reads numbers, not text"):
        keraseq.patch_tst((None,), 2, vocabulary_size=9)
    with pytest.raises(ValueError, match="does not serve task='tagging'"):
        keraseq.patch_tst((None, 1), 2, task="tagging")
    model = keraseq.patch_tst((40, 1), 2, patch_length=4)
    assert model.get_layer("patches").output[0].shape[1] == 10


def test_heads_and_patches_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"num_heads=9 is more than units=8.*at most 8"):
        keraseq.transformer((None, 2), 2, units=8, num_heads=9)
    with pytest.raises(ValueError, match="num_heads=0"):
        keraseq.conformer((None, 2), 2, num_heads=0)
    model = keraseq.transformer((None, 2), 2, num_heads=16, parameter_budget=30_000)
    assert abs(keraseq.count_parameters(model) - 30_000) < 600
    with pytest.raises(ValueError, match="patch_length=9 is longer than the sequence of 8 steps"):
        keraseq.gru((8, 1), 2, patch_length=9)
    clf = keraseq.SequenceClassifier("gru", model_params={"patch_length": 9})
    with pytest.raises(ValueError, match="patch_length=9 is longer than the sequence of 8 steps"):
        clf.fit(np.ones((4, 8)), [0, 1, 0, 1])
    # A preset's own patches are filled up.
    keraseq.patch_tst((8, 1), 2)


def test_an_architecture_of_numbers_refuses_texts():
    clf = keraseq.SequenceClassifier("patch_tst")
    with pytest.raises(ValueError, match="patch_tst reads numbers, not text"):
        clf.fit(["good", "bad"] * 4, [0, 1] * 4)
    assert "patch_tst" not in keraseq.list_models(inputs="tokens")
    assert "patch_tst" in keraseq.list_models("*tst", inputs="numbers")
    with pytest.raises(ValueError, match="inputs='text'"):
        keraseq.list_models(inputs="text")


def test_a_comparison_names_all_that_cannot_take_part_at_once():
    with pytest.raises(
        ValueError, match=r"(?s)patch_tst, on the first.*itransformer, on the first"
    ):
        keraseq.compare(["patch_tst", "gru", "itransformer"], ["good", "bad"] * 8, [0, 1] * 8)

"""A causal model run step by step answers as it does for the whole sequence."""

import keras
import numpy as np
import pytest
from keras import layers

import keraseq
from keraseq.models import Stepper, find_model, model_file_names

draw = np.random.default_rng(0)
STEPS = 20


def causal_models():
    """Every body that is causal, or is so when it is asked to be."""
    for name in model_file_names():
        spec = find_model(name)
        offered = {} if spec.is_causal() else {"causal": True}
        if "tagging" in spec.served_tasks and set(offered) <= set(spec.own_parameters):
            yield pytest.param(name, offered, id=name)


def stepped(model, x):
    stepper = Stepper(model)
    state, answers = stepper.initial_state(len(x)), []
    for t in range(x.shape[1]):
        y, state = stepper(x[:, t], state)
        answers.append(keras.ops.convert_to_numpy(y))
    return np.stack(answers, axis=1), stepper


def whole(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


@pytest.mark.parametrize(("name", "own"), [*causal_models()])
def test_stepping_equals_the_whole_sequence(name, own):
    model = keraseq.build(
        name, (None, 2), 3, task="tagging", units=6, num_layers=2, dropout=0.2, seed=0, **own
    )
    x = draw.normal(size=(2, STEPS, 2)).astype("float32")
    answers, stepper = stepped(model, x)
    np.testing.assert_allclose(answers, whole(model, x), atol=1e-5)
    if keras.backend.backend() == "tensorflow":
        assert stepper._compiled.experimental_get_tracing_count() <= 2


def test_token_ids_are_stepped_to_the_body_s_output_before_the_pooling():
    model = keraseq.lstm((None,), 3, vocabulary_size=9, units=4, seed=0)
    ids = draw.integers(1, 9, (2, STEPS)).astype("int32")
    before = keras.Model(model.input, model.get_layer("pooling").input[0])
    np.testing.assert_allclose(stepped(model, ids)[0], whole(before, ids), atol=1e-5)


def test_a_model_of_the_user_s_own_is_walked_too():
    inputs = keras.Input((None, 3))
    x = layers.Conv1D(4, 3, dilation_rate=2, padding="causal")(inputs)
    x = layers.LayerNormalization()(x + layers.Dense(4)(inputs))
    y, _ = keras.ops.split(layers.GRU(4, return_sequences=True, reset_after=False)(x), 2, axis=-1)
    model = keras.Model(inputs, y)
    x = draw.normal(size=(2, STEPS, 3)).astype("float32")
    np.testing.assert_allclose(stepped(model, x)[0], whole(model, x), atol=1e-5)


def test_training_the_model_further_is_seen():
    model = keraseq.gru((None, 2), 3, task="tagging", units=4, seed=0)
    x = draw.normal(size=(1, 3, 2)).astype("float32")
    _, stepper = stepped(model, x)
    model.set_weights([weight + 0.1 for weight in model.get_weights()])
    y, _ = stepper(x[:, 0], stepper.initial_state(1))
    np.testing.assert_allclose(y, whole(model, x)[:, 0], atol=1e-5)


def sequential(*stack):
    return keras.Sequential([keras.Input((None, 2)), *stack])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: keraseq.bilstm((None, 2), 3), "'bidirectional.*' reads from the end"),
        (lambda: keraseq.transformer((None, 2), 3), "looks at every step"),
        (lambda: keraseq.gru((24, 2), (3, 2), task="forecasting"), "'instance_normalization"),
        (lambda: keraseq.gru((24, 2), 3, patch_length=4), "'patches.*' reads more than one"),
        (lambda: sequential(layers.LSTM(3), layers.Dense(2)), "gives its last step alone"),
        (lambda: sequential(layers.Conv1D(2, 3, padding="same")), "looks ahead"),
        (lambda: sequential(layers.Conv1D(2, 3, strides=2)), "skips steps"),
        (lambda: sequential(layers.GlobalMaxPooling1D()), "'global_max_pooling1d"),
        (lambda: sequential(layers.LSTM(3, return_sequences=True, go_backwards=True)), "the end"),
    ],
)
def test_what_reads_a_whole_sequence_is_refused_by_the_name_of_its_layer(make, says):
    with pytest.raises(ValueError, match=says):
        Stepper(make())


def test_what_is_no_functional_model_is_refused():
    with pytest.raises(TypeError, match="functional"):
        Stepper(3)


def test_a_step_of_the_wrong_shape_is_refused():
    stepper = Stepper(keraseq.gru((None, 2), 3, task="tagging", units=4))
    with pytest.raises(ValueError, match=r"\(1, 5, 2\); a step of this model is \('batch', 2\)"):
        stepper(np.ones((1, 5, 2), "float32"), stepper.initial_state(1))

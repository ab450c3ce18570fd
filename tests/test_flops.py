"""Operations are counted: by closed formulas, and by what TensorFlow itself counts."""

import keras
import numpy as np
import pytest

import keraseq
from keraseq.models import find_model

F, H, T = 64, 16, 20
STEM, HEAD = 2 * T * 8 * F, 2 * H * 3


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("simple_rnn", T * (F + H) * H),
        ("lstm", T * 4 * (F + H) * H),
        ("gru", T * 3 * (F + H) * H),
        ("bilstm", T * 2 * 4 * (F + H) * H + H * 3),
        (
            "transformer",
            # Into the width, four projections, scores and their use, feed-forward.
            T * F * H + 4 * T * H * H + 2 * T * T * H + 2 * T * H * 4 * H,
        ),
    ],
)
def test_closed_formulas(name, body):
    model = keraseq.build(name, (None, 8), 3, units=H, pooling="mean")
    assert keraseq.count_flops(model, T) == STEM + 2 * body + HEAD


def test_tokens_cost_nothing_to_look_up_and_channels_are_rows():
    tokens = [
        keraseq.gru((T,), 3, vocabulary_size=500, ngrams=n, units=H, pooling="mean") for n in (0, 2)
    ]
    plain = 2 * T * 3 * (F + H) * H + HEAD
    # Eight numbers of n-grams are read by each of three answers.
    assert [*map(keraseq.count_flops, tokens)] == [plain, plain + 2 * 8 * 3]
    one = keraseq.gru((T, 1), (4, 1), task="forecasting", units=H)
    seven = keraseq.gru((T, 7), (4, 7), task="forecasting", units=H)
    assert keraseq.count_flops(seven) == 7 * keraseq.count_flops(one)


def test_convolutions_products_and_models_within_models():
    inputs = keras.Input((T, 8))
    x = keras.layers.Conv1D(6, 3, strides=2)(inputs)
    inner = keras.Sequential([keras.Input((9, 6)), keras.layers.Dense(5)])
    y = inner(x)
    y = keras.ops.matmul(y, keras.ops.transpose(y, (0, 2, 1)))
    model = keras.Model(inputs, keras.ops.einsum("bij,bjk->bik", y, x))
    expected = 9 * 3 * 8 * 6 + 9 * 6 * 5 + 9 * 9 * 5 + 9 * 9 * 6
    assert keraseq.count_flops(model) == 2 * expected


def test_estimators_that_share_a_lent_model_count_their_own_lengths():
    y = [0, 1] * 4
    short, long = (
        keraseq.SequenceClassifier("gru", units=H, pooling="mean", epochs=0).fit(
            [np.zeros((steps, 8)) + i for i in range(8)], y
        )
        for steps in (T, 2 * T)
    )
    for estimator, steps in ((short, T), (long, 2 * T), (short, T)):
        assert estimator.n_flops_ == 2 * steps * (8 * F + 3 * (F + H) * H) + 2 * H * 2


@pytest.mark.parametrize("name", keraseq.list_models(task="classification"))
def test_budgets_are_met(name):
    model = keraseq.build(name, (T, 8), 2, flop_budget=5_000_000)
    # Several layers grow by more with each unit.
    deep = (find_model(name).default("num_layers") or 1) > 1
    assert abs(keraseq.count_flops(model) / 5_000_000 - 1) < (0.025 if deep else 0.02)


def test_what_cannot_be_counted_or_met_is_said():
    model = keraseq.gru((None, 8), 2)
    with pytest.raises(ValueError, match="steps is missing"):
        keraseq.count_flops(model)
    with pytest.raises(ValueError, match=r"flop_budget=9000000: .* \(100, 8\)"):
        keraseq.gru((None, 8), 2, flop_budget=9_000_000)
    with pytest.raises(ValueError, match=r"units=1 has [\d,]+ operations"):
        keraseq.gru((T, 8), 2, flop_budget=100)
    with pytest.raises(ValueError, match="units=3 and flop_budget=9000000 both"):
        keraseq.gru((T, 8), 2, flop_budget=9_000_000, units=3)
    with pytest.raises(ValueError, match=r"flop_steps=50 is .*flop_budget.*leave it out"):
        keraseq.gru((None, 8), 2, flop_steps=50)
    with pytest.raises(ValueError, match=r"flop_steps=50: .*already"):
        keraseq.gru((T, 8), 2, flop_budget=9_000_000, flop_steps=50)

    class Mine(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(TypeError, match="not functional"):
        keraseq.count_flops(Mine())


class Scan(keras.layers.Layer):
    """A layer of a user's, a product within; it has no get_config that makes it again."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units))

    def call(self, x, mask=None):
        return keras.ops.matmul(x, self.kernel)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)


class CountedScan(Scan):
    def count_flops(self, input_shape):
        batch, time, channels = input_shape
        return 2 * batch * time * channels * self.units


class Relu(keras.layers.Dense):
    """A dense layer that does nothing more than Keras's."""


@keras.saving.register_keras_serializable("tests")
class Cell(keras.layers.Layer):
    """A recurrent cell with a second product."""

    state_size = output_size = 5

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], 5))

    def call(self, x, states):
        return x @ self.kernel, [states[0] * keras.ops.sum(x, axis=-1, keepdims=True)]

    def count_flops(self, input_shape):
        return 2 * input_shape[0] * input_shape[1] * 5


class UncountedCell(Cell):
    count_flops = None


def functional(*steps, shape=(T, 8)):
    """A function that makes the model of these steps."""

    def make():
        inputs = x = keras.Input(shape)
        for step in steps:
            x = step(x)
        return keras.Model(inputs, x)

    return make


def nested(*steps):
    return lambda x: functional(*steps)()(x)


@pytest.mark.parametrize(
    ("model", "products"),
    [
        (functional(CountedScan(6)), T * 8 * 6),
        (functional(Relu(6)), T * 8 * 6),
        # Within models, and within Keras's wrappers.
        (
            functional(nested(CountedScan(6)), keras.layers.Dense(2)),
            T * (8 * 6 + 6 * 2),
        ),
        (functional(keras.Sequential([CountedScan(6)])), T * 8 * 6),
        (
            functional(keras.layers.TimeDistributed(CountedScan(6)), shape=(4, T, 8)),
            4 * T * 8 * 6,
        ),
        (functional(keras.layers.RNN(Cell())), T * 8 * 5),
        (functional(keras.layers.Bidirectional(keras.layers.RNN(Cell()))), 2 * T * 8 * 5),
        (functional(keras.layers.RNN([Cell(), Cell()])), T * (8 * 5 + 5 * 5)),
        # More weights than one matrix, none of them multiplied by a vector.
        (functional(keras.layers.LayerNormalization(axis=[1, 2])), 0),
        # Each input has its products, or each output its own.
        (functional(keras.layers.Conv1DTranspose(6, 3, strides=2)), T * 3 * 8 * 6),
        (functional(keras.layers.DepthwiseConv1D(3, padding="same")), T * 3 * 8),
        (
            functional(keras.layers.SeparableConv1D(6, 3, padding="same")),
            T * (3 * 8 + 8 * 6),
        ),
        (functional(keras.layers.EinsumDense("...x,xyz->...yz", (2, 3))), T * 8 * 2 * 3),
        (functional(lambda x: keras.layers.Attention()([x, x])), 2 * T * T * 8),
        (functional(lambda x: keras.layers.Dot(axes=2)([x, x])), T * T * 8),
        # Operations in the graph.
        (functional(lambda x: x @ np.ones((8, 6), "float32")), T * 8 * 6),
        (
            functional(lambda x: keras.ops.matmul(np.ones((1, 6, T)), x)),
            6 * T * 8,
        ),
        (functional(lambda x: keras.ops.einsum("...tc,...sc->...ts", x, x)), T * T * 8),
        (functional(lambda x: keras.ops.einsum("btc->bct", x)), 0),
        (functional(lambda x: keras.ops.tensordot(x, np.ones((T, 8, 3)), 2)), T * 8 * 3),
        (
            functional(lambda x: keras.ops.conv(x, np.ones((3, 8, 6)))),
            (T - 2) * 3 * 8 * 6,
        ),
        (
            functional(
                keras.layers.Reshape((T, 2, 4)),
                lambda x: keras.ops.dot_product_attention(x, x, x),
            ),
            2 * T * T * 8,
        ),
    ],
)
def test_every_product_counts_once(model, products):
    assert keraseq.count_flops(model()) == 2 * products


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (functional(Scan(6)), "layer 'scan.*' .Scan."),
        (functional(nested(Scan(6))), "layer 'scan.*' .Scan."),
        (functional(keras.layers.TimeDistributed(Scan(6)), shape=(4, T, 8)), "Scan"),
        (
            functional(keras.layers.RNN(UncountedCell())),
            "'uncounted_cell.*' .UncountedCell.",
        ),
        (
            functional(keras.layers.Lambda(lambda x: x, output_shape=(T, 8))),
            "Lambda",
        ),
        (
            functional(lambda x: keras.ops.vectorized_map(lambda y: y, x)),
            "operation .*VectorizedMap",
        ),
    ],
)
def test_what_only_its_author_knows_is_named(model, named):
    with pytest.raises(TypeError, match=f"{named}.*cannot be counted.*count_flops"):
        keraseq.count_flops(model())


def test_a_budget_of_operations_names_what_cannot_be_counted():
    @keraseq.register_model
    def with_scan(x, mask, *, units=8, num_layers=1, dropout=0.0):
        return Scan(units)(x)

    with pytest.raises(TypeError, match=r"Scan.*count_flops"):
        keraseq.build("with_scan", (T, 8), 2, flop_budget=100_000)
    X, y = np.zeros((8, T, 2)) + np.arange(8)[:, None, None], [0, 1] * 4
    models = {
        "counted": keraseq.SequenceClassifier("gru", units=H, pooling="mean", epochs=0),
        "scan": keraseq.SequenceClassifier("with_scan", epochs=0),
    }
    scan = models["scan"].fit(X, y)
    assert scan.n_flops_ is None
    assert scan.n_parameters_ > 0
    table = keraseq.compare(models, X, y, n_seeds=1, baselines=False, verbose=0).table
    assert np.isnan(table.loc["scan", "flops"])
    assert "'scan" in table.loc["scan", "note"]
    assert "cannot be counted" in table.loc["scan", "note"]
    assert table.loc["counted", "note"] == ""
    assert table.loc["counted", "flops"] > 0

"""The pool of compiled models: first values, readers, and room for a comparison."""

import threading

import keras
import numpy as np
import pytest

import keraseq
from keraseq.builders import assemble, make_plan
from keraseq.comparison import compare
from keraseq.comparison._fit import _begin
from keraseq.models import find_model
from keraseq.training import initial_values, pool
from keraseq.training.initial_values import InitialValues
from keraseq.training.pool import POOL, Pool

draw = np.random.default_rng(0)


def plan_of(name):
    spec = find_model(name)
    if spec.kind.name == "forecaster":
        return make_plan(name, (8, 2), (3, 2), task="forecasting")
    sizes = {"units": 4, "num_layers": 2, "dropout": 0.2}
    if spec.inputs == "numbers":
        return make_plan(name, (None, 2), 3, **sizes)
    return make_plan(name, (None,), 3, vocabulary_size=9, **sizes)


def values(model):
    return [keras.ops.convert_to_numpy(variable) for variable in model.variables]


@pytest.mark.parametrize("name", keraseq.list_models())
def test_first_values_are_those_of_a_build_and_take_none(name, monkeypatch):
    plan = plan_of(name)
    model, expected = assemble(plan, 1), values(assemble(plan, 2))
    initial = InitialValues(model, plan, 1)
    for variable in model.variables:
        variable.assign(keras.ops.zeros_like(variable))

    def build_again(*args):
        raise AssertionError("built again")

    monkeypatch.setattr(initial_values, "assemble", build_again)
    initial.put(model, 2)
    # Seed generators and what is not trained too.
    for got, wanted in zip(values(model), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_what_cannot_be_drawn_again_is_built_again():
    class Hidden(keras.layers.Layer):
        def build(self, shape):
            self.weight = self.add_weight(shape=(3,), initializer="random_normal")

        def call(self, x):
            return x * self.weight[0]

    def hidden_of_pool(x, mask, *, units=None, num_layers=None, dropout=None):
        return Hidden()(x)

    keraseq.register_model(hidden_of_pool)
    plan = make_plan("hidden_of_pool", (None, 2), 3)
    model = assemble(plan, 1)
    initial = InitialValues(model, plan, 1)
    assert not initial.are_drawn
    initial.put(model, 2)
    for got, wanted in zip(values(model), values(assemble(plan, 2)), strict=True):
        np.testing.assert_array_equal(got, wanted)


class Made:
    """What a pool lends, without Keras."""

    def __init__(self, key):
        self.key, self.holder, self.model = key, None, object()
        self.is_new, self.is_spent, self.is_counted, self.n_readers = True, False, False, 0
        self.is_compiled = True


def test_readers_of_the_same_weights_share_one_model():
    some, loaded = Pool(), []

    def share(holder):
        return some.share("key", lambda: Made("key"), holder, loaded.append)

    with share("one") as first, share("one") as again, share("other") as other:
        assert again is first and other is not first
        with some.lend("key", lambda: Made("key")) as fitted:
            assert fitted.model not in (first, other)
    assert some.n_compiled == 3 and loaded == [first, other]
    with share("one") as later:
        assert later is first and len(loaded) == 2


def test_a_model_is_not_lent_again_after_a_reader_s_error():
    some = Pool()
    with pytest.raises(RuntimeError), some.share("key", lambda: Made("key"), 1, print) as first:
        raise RuntimeError
    with some.share("key", lambda: Made("key"), 1, print) as later:
        assert later is not first


def test_threads_that_predict_compile_one_model():
    X = draw.normal(size=(12, 5))
    fitted = keraseq.SequenceClassifier("simple_rnn", units=3, epochs=1, random_state=0)
    fitted.fit(X, np.arange(12) % 2)
    expected, before = fitted.predict_proba(X), POOL.n_compiled
    together, found = threading.Barrier(4), []

    def predict():
        together.wait()
        found.append(fitted.predict_proba(X))

    threads = [threading.Thread(target=predict) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert POOL.n_compiled == before
    for scores in found:
        np.testing.assert_array_equal(scores, expected)
    assert len(found) == 4


def test_room_is_given_back():
    some = Pool(most_idle=2)
    with some.room(3), some.room(1):
        for key in range(7):
            with some.lend(key, lambda key=key: Made(key)):
                pass
        assert [lent.key for lent in some._idle] == [1, 2, 3, 4, 5, 6]
    assert [lent.key for lent in some._idle] == [5, 6] and some.most_idle == 2
    nothing = Pool(most_idle=0)
    with nothing.lend("key", lambda: Made("key")):
        pass
    assert nothing._idle == []


@pytest.fixture(scope="module")
def twelve():
    names = []
    for place in range(12):
        names.append(f"pooled_{place}")
        of = ("simple_rnn", "tcn")[place % 2]
        keraseq.register_preset(names[-1], of=of, units=2 + place, num_layers=1)
    return names


def texts(n):
    words = np.array([f"word{place}" for place in range(150)])
    drawn = draw.integers(0, 150, (n, 6))
    return [" ".join(words[row]) for row in drawn]


@pytest.mark.parametrize("kind", ["series", "text"])
def test_a_comparison_compiles_each_architecture_once(kind, twelve):
    X = draw.normal(size=(60, 5)) if kind == "series" else texts(60)
    # What a process's first comparison compiles beside its models.
    _begin()
    before = POOL.n_compiled
    found = compare(
        twelve, X, np.arange(60) % 2, n_seeds=3, baselines=False, verbose=0,
        estimator_params={"epochs": 1, "batch_size": 64},
    )  # fmt: skip
    assert found.table["failed"].eq(0).all() and found.table["runs"].eq(3).all()
    assert POOL.n_compiled - before == 12
    assert len(POOL._idle) <= POOL.most_idle == pool._MOST_IDLE

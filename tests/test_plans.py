"""A plan: strict about types, hashable, and made again from its JSON form."""

import json
import random
import threading

import numpy as np
import pytest

import keraseq
from keraseq.builders import Plan, make_plan, plan_model
from keraseq.models import find_model, model_file_names
from keraseq.tasks import get_task

pytestmark = pytest.mark.usefixtures("registry_as_before")


def plans():
    for name in model_file_names():
        for task in find_model(name).served_tasks:
            history = get_task(task).reads_history
            outputs = (3, 2) if history else 5
            if get_task(task).answers_tokens:
                yield name, (None,), outputs, {"task": task, "vocabulary_size": outputs}
                continue
            yield name, ((24, 2) if history else (None, 2)), outputs, {"task": task}
    yield "gru", (None,), 2, {"vocabulary_size": 50, "token_dropout": 0.1}
    yield "gru", (None,), 2, {"vocabulary_size": 50, "ngrams": 2}
    covariates = {"past": (24, 3), "future": (3, 1), "static": (2,)}
    yield "lstm", covariates, (3, 2), {"task": "forecasting", "quantiles": [0.1, 0.5, 0.9]}
    yield "transformer", (None, 2), 2, {"num_heads": 2, "patch_length": 4, "patch_stride": 2}


@pytest.mark.parametrize(("name", "shape", "outputs", "options"), [*plans()])
def test_a_plan_comes_back_from_its_json_form(name, shape, outputs, options):
    plan = make_plan(name, shape, outputs, **options)
    again = Plan.from_json(json.loads(json.dumps(plan.to_json())))
    assert again == plan
    assert hash(again) == hash(plan)


def test_a_solved_plan_comes_back_with_its_sizes():
    plan = plan_model("transformer", (None, 2), 2, parameter_budget=30_000)
    assert Plan.from_json(plan.to_json()) == plan
    assert dict(plan.own)["feedforward_dim"] > 1


def body_of_anything(module="cell"):
    def body(x, mask, *, units=4, num_layers=1, dropout=0.0, setting=None):
        import keras

        return keras.layers.Dense(units)(x)

    body.__module__ = module
    keraseq.register_model(body)
    return "body"


@pytest.mark.parametrize(("one", "other"), [(4, 4.0), (1, True), (0, False), ((1, 2), (1, 2.0))])
def test_values_that_are_equal_but_of_other_types_make_other_plans(one, other):
    name = body_of_anything()
    first, second = (make_plan(name, (None, 2), 2, setting=value) for value in (one, other))
    assert first != second
    assert first == make_plan(name, (None, 2), 2, setting=one)


def test_a_list_is_a_tuple_and_a_number_of_numpy_is_python_s():
    name = body_of_anything()
    plan = make_plan(name, (None, 2), 2, setting=[np.int64(3), [1.5]])
    assert plan == make_plan(name, (None, 2), 2, setting=(3, (1.5,)))
    assert hash(plan) is not None


@pytest.mark.parametrize("setting", [[8, 4], {"a": 1}])
def test_a_budget_is_solved_beside_a_list_or_a_dict(setting):
    name = body_of_anything()
    model = keraseq.build(name, (None, 2), 2, parameter_budget=5_000, setting=setting)
    assert abs(keraseq.count_parameters(model) - 5_000) < 500


def test_what_has_no_json_form_is_named():
    name = body_of_anything()
    with pytest.raises(TypeError, match=r"setting=.* is a dict, which has no JSON form"):
        make_plan(name, (None, 2), 2, setting={"a": 1}).to_json()


def test_a_users_architecture_is_named_in_json_and_imported_by_nothing():
    values = make_plan(body_of_anything(), (None, 2), 2).to_json()
    assert values["architecture"] == "body"
    values["architecture"] = "nobody_registered_this"
    with pytest.raises(ValueError, match="no model named 'nobody_registered_this'"):
        Plan.from_json(values)


def test_patches_overlap_where_the_stride_is_shorter():
    from keraseq.stems.layers import Patches

    x = np.arange(1.0, 8.0, dtype="float32").reshape(1, 7, 1)
    mask = np.array([[True] * 6 + [False]])
    patches, real = Patches(4, 2)(x, mask)
    # Six real steps: patches end at the sixth and at the fourth.
    assert np.array(patches)[0, :2].tolist() == [[1, 2, 3, 4], [3, 4, 5, 6]]
    assert np.array(real).tolist() == [[True, True, False]]


def test_a_stride_that_leaves_steps_out_is_refused():
    with pytest.raises(ValueError, match="patch_stride=5 is longer than patch_length=4"):
        make_plan("gru", (None, 2), 2, patch_length=4, patch_stride=5)


def test_what_other_threads_draw_changes_no_build():
    expected = keraseq.gru((None, 2), 2, units=3, seed=7).get_weights()
    ended = threading.Event()

    def draw():
        while not ended.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        found = keraseq.gru((None, 2), 2, units=3, seed=7).get_weights()
    finally:
        ended.set()
        thread.join()
    for value, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(value, other)

"""What those bring along who come from scikeras or plain Keras: names, places, functions."""

import functools
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import keraseq

PAGE = Path(__file__).parents[1] / "docs" / "from_scikeras.md"
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(24, 5)).astype("float32"), np.arange(24) % 2


def build(input_shape, outputs, hidden=2, depth=1):
    hiddens = [keras.layers.Dense(hidden) for _ in range(depth)]
    made = [keras.Input(input_shape), keras.layers.Flatten(), *hiddens]
    return keras.Sequential([*made, keras.layers.Dense(outputs)])


def classifier(model=build, **settings):
    return keraseq.SequenceClassifier(model, **{"epochs": 1, "random_state": 0, **settings})


def test_the_page_runs_and_names_parameters_that_exist():
    page, names = PAGE.read_text(encoding="utf-8"), {}
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(code, str(PAGE), "exec"), names)
    assert names["search"].best_params_["sequenceclassifier__model_params__hidden"] in (8, 16)
    right = " ".join(line.split("|")[2] for line in page.splitlines() if line.startswith("| "))
    named = set(re.findall(r"(\w+)=", right)) - {"rate", "activation"}
    assert named <= {*classifier().get_params(), "validation_data"}


def test_a_search_runs_over_entries_of_the_functions_arguments():
    pipeline = make_pipeline(FunctionTransformer(), classifier(epochs=0))
    name = "sequenceclassifier__model_params__"
    search = GridSearchCV(pipeline, {f"{name}hidden": [1, 3], f"{name}depth": [2]}, cv=2)
    hidden = search.fit(X, Y).best_params_[f"{name}hidden"]
    layers = search.best_estimator_[-1].model_.layers
    assert [layer.units for layer in layers[1:]] == [hidden, hidden, 2]


def test_an_entry_is_set_in_a_copy_of_the_dict():
    given = {"hidden": 4}
    clf = classifier(model_params=given)
    other = clone(clf).set_params(model_params__depth=2)
    assert other.model_params == {"hidden": 4, "depth": 2}
    assert given == clf.model_params == {"hidden": 4} and clf.model_params is given
    both = classifier().set_params(model_params__depth=2, model_params={"hidden": 3})
    assert both.model_params == {"hidden": 3, "depth": 2}
    writer = keraseq.SequenceTransducer().set_params(decoder_params__embedding_dim=3)
    assert writer.decoder_params == {"embedding_dim": 3}
    start = keraseq.SequenceGenerator()
    assert classifier(pretrained=start).set_params(pretrained__units=3).pretrained.units == 3
    many = keraseq.ensemble(classifier(), n=2).set_params(estimator__model_params__hidden=3)
    assert many.estimator.model_params == {"hidden": 3}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("model__units", "model__units: units is a parameter of SequenceClassifier; set units="),
        ("optimizer__learning_rate", "learning_rate is a parameter of SequenceClassifier"),
        ("model__hidden", "is model_params__hidden"),
        ("optimizer__momentum", "optimizer='auto' has no parameters; give optimizer another"),
        ("model_params__hidden", "model_params=8 has no parameters"),
        ("fit__epochs", "Invalid parameter 'fit'"),
        ("loss", "Invalid parameter 'loss'"),
    ],
)
def test_a_parameter_in_a_wrong_place_is_told_its_own(name, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        classifier("gru", model_params=8).set_params(**{name: 3})


def forecaster():
    return keraseq.SequenceForecaster(epochs=0)


@pytest.mark.parametrize(
    ("estimator", "given", "says"),
    [
        (classifier, "epochs", r"fit has no argument epochs.*SequenceClassifier\(epochs=\.\.\.\)"),
        (classifier, "validation_split", r"SequenceClassifier\(validation_fraction=\.\.\.\)"),
        (classifier, "sample_weights", "takes X, y, sample_weight, .* mean 'sample_weight'"),
        (forecaster, "batch_size", r"SequenceForecaster\(batch_size=\.\.\.\)"),
        (forecaster, "X", "fit has no argument X; it takes y, past, future, static"),
        (keraseq.SequenceTagger, "callbacks", r"SequenceTagger\(callbacks=\.\.\.\)"),
        (lambda: keraseq.ensemble(classifier()), "verbose", r"SequenceClassifier\(verbose="),
        (lambda: keraseq.ensemble(forecaster()), "epochs", r"SequenceForecaster\(epochs="),
    ],
)
def test_a_setting_that_is_given_to_fit_is_refused_in_words(estimator, given, says):
    with pytest.raises(TypeError, match=says):
        estimator().fit(X, **{given: 3})


def test_a_subclass_may_take_in_fit_what_it_likes():
    class Mine(keraseq.SequenceClassifier):
        def fit(self, X, y=None, **more):
            self.more_ = more
            return super().fit(X, y)

    assert Mine("gru", units=2, epochs=0).fit(X, Y, epochs=3).more_ == {"epochs": 3}


def test_a_function_with_another_signature_is_told_how_it_is_called():
    def sized(hidden=4):
        return build((5, 1), 2, hidden)

    says = r"model=sized is called as sized\(input_shape, outputs\), .* takes sized\(hidden=4\)"
    with pytest.raises(TypeError, match=says):
        classifier(sized).fit(X, Y)

    def meta_first(meta, hidden=4):
        return build((meta["n_features_in_"], 1), 2, hidden)

    with pytest.raises(TypeError, match="tuple indices") as caught:
        classifier(meta_first).fit(X, Y)
    (note,) = caught.value.__notes__
    assert note == "model=meta_first was called as meta_first(meta=(5, 1), hidden=2)."


def test_a_decorator_may_give_a_function_what_its_signature_asks_for():
    @functools.wraps(build)
    def narrow(input_shape, outputs):
        return build(input_shape, outputs, hidden=1)

    def asks(input_shape, outputs, hidden):
        return build(input_shape, outputs, hidden)

    narrow.__wrapped__ = asks
    assert classifier(narrow, epochs=0).fit(X, Y).model_.layers[1].units == 1


def test_one_output_for_two_classes_is_told_what_outputs_is():
    with pytest.raises(ValueError, match=r"output is \(None, 1\).* outputs, is 2 here"):
        classifier(lambda input_shape, outputs: build(input_shape, 1)).fit(X, Y)

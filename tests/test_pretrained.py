"""Classifiers, regressors and taggers that start from a fitted language model."""

import itertools
import pickle

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

import keraseq
from keraseq import SequenceClassifier, SequenceGenerator, SequenceRegressor, SequenceTagger
from keraseq.comparison._entry import Entry
from keraseq.comparison._equal_terms import set_terms
from keraseq.comparison._fingerprint import fingerprint
from keraseq.comparison._tuning import draw_settings
from keraseq.training import compiled_loop

TEXTS = ["the <b>Good</b> film", "the bad film", "good", "it is bad"] * 8
LABELS = ["pos", "neg", "pos", "neg"] * 8
SMALL = {"tokenizer": "words", "units": 6, "window": 8, "epochs": 1, "random_state": 1}
# What is drawn while training, left out.
EXACT = {"embedding_dropout": 0, "token_dropout": 0, "ngrams": 0}


@pytest.fixture(scope="module")
def forward():
    return SequenceGenerator("gru", **SMALL).fit(TEXTS)


@pytest.fixture(scope="module")
def backward():
    return SequenceGenerator("gru", **SMALL, backward=True).fit(TEXTS)


def classifier(pretrained, **settings):
    return SequenceClassifier(pretrained=pretrained, **{"epochs": 1, "random_state": 0, **settings})


def read_by(model, name):
    """A model of what the layer of a name is given."""
    given = model.get_layer(name).input
    return keras.Model(model.input, given[0] if isinstance(given, list) else given)


def table_of(fitted):
    return fitted.model_.get_layer("token_embedding").embeddings.numpy()


@pytest.mark.parametrize("name", keraseq.list_models(task="language_model"))
def test_every_causal_body_reads_as_the_generator_does(name):
    settings = {**SMALL, "epochs": 0, "num_layers": 2}
    generator = SequenceGenerator(name, **settings).fit(TEXTS)
    fitted = classifier(generator, epochs=0).fit(TEXTS, LABELS)
    ids = generator.encoder_.transform(["the bad film"])[0][None]
    read = read_by(generator.model_, "token_logits")(ids)
    np.testing.assert_allclose(read_by(fitted.model_, "pooling")(ids), read, atol=1e-6)
    assert fitted.model_.get_layer("pooling").pooling == "last_mean_max"
    assert fitted.encoder_.vocabulary_ == generator.vocabulary_


def test_a_pair_is_read_from_both_ends(forward, backward):
    fitted = classifier((forward, backward), epochs=0).fit(TEXTS, LABELS)
    # Of unequal lengths, so that the shorter one is padded.
    rows = fitted.encode(["the bad film", "good"])
    found = read_by(fitted.model_, "backward_end")(rows)
    model = read_by(backward.model_, "token_logits")
    for row, reading, n in zip(rows, found, [3, 1], strict=True):
        np.testing.assert_allclose(reading[:n], model(row[:n][::-1][None])[0], atol=1e-6)
    np.testing.assert_allclose(
        read_by(fitted.model_, "pooling")(rows)[0],
        read_by(forward.model_, "token_logits")(rows[:1])[0],
        atol=1e-6,
    )


def test_a_tagger_of_a_pair_has_its_steps_in_order(forward, backward):
    words = [text.split() for text in TEXTS]
    one, other = (
        SequenceGenerator("gru", **{**SMALL, "epochs": 0}, backward=b).fit(words)
        for b in (False, True)
    )
    tags = [["x"] * len(row) for row in words]
    tags[0][0] = "y"
    fitted = SequenceTagger(pretrained=(one, other), epochs=0, random_state=0).fit(words, tags)
    ids = fitted.encode([["bad", "film"]])
    read = read_by(fitted.model_, "logits")(ids)[0]
    both = [read_by(g.model_, "token_logits")(ids[:, ::by])[0] for g, by in ((one, 1), (other, -1))]
    np.testing.assert_allclose(read, np.hstack([both[0], both[1][::-1]]), atol=1e-6)


class Weights(keras.callbacks.Callback):
    """Embedding, body and head after each epoch."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_begin(self, logs=None):
        self.on_epoch_end(-1)

    def on_epoch_end(self, epoch, logs=None):
        layers = (layer for layer in self.model.layers if layer.weights)
        self.seen.append([layer.get_weights()[-1].copy() for layer in layers])


def test_layers_are_freed_from_the_head_down_in_the_fast_loop(forward):
    before = compiled_loop.COUNTS.n_fits
    fitted = classifier(forward, epochs=8, callbacks=Weights(), model_params={"ngrams": 0})
    seen = fitted.fit(TEXTS, LABELS).callbacks_[0].seen
    assert compiled_loop.COUNTS.n_fits == before + 1
    moves = [
        [not np.array_equal(was, now) for was, now in zip(*pair, strict=True)]
        for pair in itertools.pairwise(seen)
    ]
    # Embedding, body and head. AdamW's decay leaves what is frozen alone too.
    assert moves == [[False, False, True], [False, True, True], *[[True, True, True]] * 6]


@pytest.mark.parametrize(("epochs", "freed"), [(1, [3]), (2, [3, 3]), (4, [2, 3, 3, 3])])
def test_few_epochs_free_all_after_a_quarter(forward, epochs, freed):
    fitted = classifier(forward, epochs=0).fit(TEXTS, LABELS)
    rates = fitted.model_.layer_rates
    assert [rates.n_free(epoch, epochs) for epoch in range(epochs)] == freed


def test_each_layer_learns_at_its_share_of_the_rate():
    generator = SequenceGenerator("gru", **SMALL, num_layers=2, dropout=0.0).fit(TEXTS)
    settings = {"optimizer": "sgd", "learning_rate": 0.5, "batch_size": 32}
    fitted = classifier(generator, epochs=0, model_params=EXACT, **settings).fit(TEXTS, LABELS)
    model, ids = fitted.model_, fitted.encode(TEXTS)
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = model.loss(np.array(LABELS) == "pos", model(ids))
    variables = model.trainable_variables
    gradients = [
        np.array(tf.convert_to_tensor(g)) for g in tape.gradient(loss, [v.value for v in variables])
    ]
    stepped = classifier(generator, epochs=1, model_params=EXACT, **settings).fit(TEXTS, LABELS)
    moved = [
        now - was
        for was, now in zip(fitted._network.weights, stepped.model_.get_weights(), strict=True)
    ]
    depth = {"token_embedding": 3, "logits": 0}
    recurrent = [layer.name for layer in model.layers if layer.name.startswith("gru")]
    depth.update(zip(recurrent, (2, 1), strict=True))
    for variable, gradient, move in zip(variables, gradients, moved, strict=True):
        share = 1.3 ** -depth[variable.path.split("/")[0]]
        np.testing.assert_allclose(move, -0.5 * share * gradient, atol=1e-6, rtol=1e-3)


def test_a_fit_that_goes_on_freezes_nothing(forward):
    fitted = classifier(forward, epochs=4, callbacks=Weights(), warm_start=True)
    fitted.fit(TEXTS, LABELS).fit(TEXTS, LABELS)
    first, second = fitted.callbacks_[0].seen[:2]
    assert not any(np.array_equal(*pair) for pair in zip(first, second, strict=True))
    parts = classifier(forward).partial_fit(TEXTS, LABELS).partial_fit(TEXTS, LABELS)
    assert parts.n_iter_ == 2 and "gru" in parts.params_["pretrained"]


def test_clones_searches_workers_and_pipelines_keep_what_was_learned(forward, tmp_path):
    path = tmp_path / "generator.keraseq"
    forward.save(path)
    start = table_of(forward)
    for given in (forward, FrozenEstimator(forward), path, str(path)):
        copy = clone(make_pipeline(classifier(given, epochs=0)))
        copy.set_params(sequenceclassifier__dropout=0.0).fit(TEXTS, LABELS)
        np.testing.assert_array_equal(table_of(copy[-1]), start)
    assert not [name for name in copy.get_params() if "pretrained__" in name]
    grid = {"pretrained": [None, FrozenEstimator(forward), path]}
    search = GridSearchCV(classifier(forward, epochs=0), grid, cv=2).fit(TEXTS, LABELS)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    scores = cross_val_score(classifier(forward), TEXTS, LABELS, cv=2, n_jobs=2)
    alone = cross_val_score(classifier(forward), TEXTS, LABELS, cv=2)
    np.testing.assert_array_equal(scores, alone)


def test_a_saved_classifier_needs_no_generator(forward, backward, tmp_path):
    paths = [tmp_path / f"{name}.keraseq" for name in ("forward", "backward")]
    for path, generator in zip(paths, (forward, backward), strict=True):
        generator.save(path)
    fitted = classifier(tuple(map(str, paths))).fit(TEXTS, LABELS)
    fitted.save(tmp_path / "classifier.keraseq")
    expected, card = fitted.predict_proba(TEXTS), fitted.card()
    for path in paths:
        path.unlink()
    loaded = keraseq.load(tmp_path / "classifier.keraseq")
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict_proba(TEXTS), expected)
    fitted.model_.save(tmp_path / "network.keras")
    network, ids = keraseq.load_model(tmp_path / "network.keras"), fitted.encode(TEXTS)
    np.testing.assert_array_equal(
        network.predict_on_batch(ids), fitted.model_.predict_on_batch(ids)
    )
    assert "Starts from a language model: gru" in card
    assert "starts from gru" in " ".join(
        repr(keraseq.inspect(tmp_path / "classifier.keraseq")).split()
    )
    with pytest.raises(FileNotFoundError, match="pretrained="):
        clone(loaded).fit(TEXTS, LABELS)
    # An object goes along, so that the copy can be fitted again.
    classifier(forward).fit(TEXTS, LABELS).save(tmp_path / "whole.keraseq")
    again = clone(keraseq.load(tmp_path / "whole.keraseq")).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(
        again.predict_proba(TEXTS), classifier(forward).fit(TEXTS, LABELS).predict_proba(TEXTS)
    )


def test_the_exported_script_reads_as_the_generator_did(forward, backward, tmp_path):
    # Neither lower-cased nor cleaned: "Good" and "good" differ, and tags are tokens.
    fitted = classifier((forward, backward)).fit(TEXTS, LABELS)
    assert fitted.export(tmp_path / "model.onnx", X=TEXTS[:4]) < 1e-5


def test_other_targets(forward):
    fitted = SequenceRegressor(pretrained=forward, epochs=0).fit(TEXTS, np.arange(32.0))
    assert fitted.predict(TEXTS).shape == (32,)
    many = np.eye(2, dtype=int)[np.arange(32) % 2]
    assert classifier(forward, epochs=0).fit(TEXTS, many).predict(TEXTS).shape == (32, 2)
    signs = SequenceGenerator("gru", **{**SMALL, "tokenizer": "characters"}).fit(TEXTS)
    tags = [list("ab" * len(text))[: len(text)] for text in TEXTS]
    tagger = SequenceTagger(pretrained=signs, epochs=0, random_state=0).fit(TEXTS, tags)
    assert [len(row) for row in tagger.predict(TEXTS)] == [len(text) for text in TEXTS]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"model": "lstm"}, "model='lstm' beside pretrained"),
        ({"units": 8}, "units=8 beside pretrained"),
        ({"num_layers": 2}, "num_layers=2 beside pretrained"),
        ({"parameter_budget": 9_000}, "parameter_budget=9000 beside pretrained"),
        ({"flop_budget": 9_000}, "flop_budget=9000 beside pretrained"),
        ({"tokenizer": "characters"}, "tokenizer='characters' beside pretrained"),
        ({"max_tokens": 100}, "max_tokens=100 beside pretrained"),
        ({"min_count": 2}, "min_count=2 beside pretrained"),
        ({"embeddings": {"good": [1.0]}}, "embeddings and pretrained"),
        ({"input": "series"}, "input='series' beside pretrained"),
        ({"model_params": {"embedding_dim": 8}}, "embedding_dim beside pretrained"),
    ],
)
def test_what_the_generator_settles_is_not_given_beside_it(forward, settings, said):
    with pytest.raises(ValueError, match=said):
        classifier(forward, **settings).fit(TEXTS, LABELS)


def test_what_is_no_fitted_generator(forward, backward, tmp_path):
    def refused(pretrained, error, said, X=TEXTS):
        with pytest.raises(error, match=said):
            classifier(pretrained).fit(X, LABELS)

    refused(SequenceGenerator(), NotFittedError, "not fitted; call its fit")
    refused(clone(forward), NotFittedError, "FrozenEstimator")
    refused(3, TypeError, "pretrained is 3; it must be a fitted SequenceGenerator")
    refused(SequenceClassifier(), TypeError, "pretrained is a SequenceClassifier")
    refused(tmp_path / "none.keraseq", FileNotFoundError, "pretrained=.*none.keraseq")
    refused((), ValueError, "read nothing; give one, or a pair")
    refused((forward, forward), ValueError, "read forward, forward; give one, or a pair")
    refused((backward, forward), ValueError, "read backward, forward; give one, or a pair")
    other = SequenceGenerator("gru", **SMALL, backward=True)
    refused((forward, clone(other).fit(TEXTS[1:2])), ValueError, "different vocabularies of")
    other.set_params(units=4, epochs=0).fit(TEXTS)
    refused((forward, other), ValueError, "different bodies: .*'units': 6.*'units': 4")
    refused(
        forward,
        ValueError,
        "X holds lists of tokens, and .* fitted on strings",
        [text.split() for text in TEXTS],
    )
    refused(forward, ValueError, "X holds numbers", np.zeros((32, 4)))


def test_a_resumed_comparison_sees_that_a_file_holds_something_else(tmp_path):
    paths = [tmp_path / name for name in ("first", "second")]
    for path in paths:
        path.write_bytes(b"good 1 2\n")
    for given in ("embeddings", "pretrained"):
        first, second = (SequenceClassifier(**{given: path}) for path in paths)
        was = fingerprint(first)
        assert fingerprint(second) == was == fingerprint(first.set_params(**{given: str(paths[0])}))
        pair = fingerprint(SequenceClassifier(**{given: tuple(paths)}))
        paths[1].write_bytes(b"good 1 3\n")
        assert fingerprint(second) != was
        assert fingerprint(SequenceClassifier(**{given: tuple(paths)})) != pair
        paths[1].write_bytes(b"good 1 2\n")


def test_a_comparison_says_that_it_starts_ahead(forward):
    entry = Entry("mine", classifier(forward), 0)
    set_terms(entry, {"parameter_budget": 9_000, "flop_budget": None})
    assert entry.outside_budget == "parameter_budget" and entry.ours.parameter_budget is None
    assert "starts from a pretrained generator" in entry.notes[0]
    assert set().union(*draw_settings(entry.ours, 3)) == {"learning_rate", "dropout"}
    entry.seeded(5).fit(TEXTS, LABELS)
    assert forward.random_state == 1
    other = SequenceGenerator("gru", **SMALL).fit(TEXTS[:8])
    assert fingerprint(classifier(forward)) != fingerprint(classifier(other))
    result = keraseq.compare(
        ["gru", classifier(forward)],
        TEXTS,
        LABELS,
        n_seeds=1,
        verbose=0,
        parameter_budget=9_000,
        estimator_params={"epochs": 1},
    )
    assert result.table["failed"].eq(0).all()
    assert "pretrained (" in " ".join(result.summary().split())


def test_a_stream_is_read_by_the_generators_vocabulary(forward):
    fitted = classifier(forward, epochs=0).fit(lambda: zip(TEXTS, LABELS, strict=True))
    assert fitted.encoder_.vocabulary_ == forward.vocabulary_
    np.testing.assert_array_equal(table_of(fitted), table_of(forward))

"""Vectors of words that somebody trained: read, placed, trained on, kept."""

import gzip
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import keraseq
from keraseq.encoding.word_vectors import WordVectors

GLOVE = "the 0.1 0.2 0.3\nThe 9 9 9\ngood 1 2 3\n. . 4 5 6\nFilm -1 -2 -3\n"
TEXTS = ["the good film", "the bad film", "good", "bad"] * 8
LABELS = ["pos", "neg", "pos", "neg"] * 8


def written(path, text=GLOVE, opened=open):
    with opened(path, "wt", encoding="utf-8") as file:
        file.write(text)
    return path


@pytest.mark.parametrize(
    "form", ["glove", "word2vec", "fasttext", "gz", "tabs", "mark", "blanks", "counted blanks"]
)
def test_every_form_of_file_gives_the_same_vectors(tmp_path, form):
    text = {"word2vec": "5 3\n" + GLOVE, "fasttext": "5 3\n" + GLOVE.replace("\n", " \n")}
    text["mark"] = f"\ufeff{text['word2vec']}"
    text["blanks"] = GLOVE.replace(" 0.1 ", "  0.1   ").replace(" 1 2 3", " \t1 2 3")
    text["counted blanks"] = f"5  3\n{text['blanks']}"
    text = text.get(form, GLOVE.replace(" 0.1 ", "\t0.1\t") if form == "tabs" else GLOVE)
    path = tmp_path / ("v.txt.gz" if form == "gz" else "v.vec")
    written(path, text, gzip.open if form == "gz" else open)
    found = WordVectors(path, ["bad", "film", "good", "the", ". ."])
    assert found.is_known.tolist() == [False, True, True, True, True]
    # A word's own spelling comes before another of it; "Film" serves "film".
    expected = [[0, 0, 0], [-1, -2, -3], [1, 2, 3], [0.1, 0.2, 0.3], [4, 5, 6]]
    np.testing.assert_allclose(found.vectors, expected)
    assert not WordVectors(path, ["good", "film"], lowercase=False).is_known[1]


class Keyed(dict):
    """Like gensim's KeyedVectors, which nobody can iterate over."""

    @property
    def key_to_index(self):
        return {key: place for place, key in enumerate(super().keys())}

    __iter__ = keys = None


@pytest.mark.parametrize("kind", [dict, Keyed, pd.Series])
def test_a_mapping_gives_the_vectors_of_a_file_of_its_words(tmp_path, kind):
    words = ["bad", "film", "good", "the"]
    lines = (line.rsplit(" ", 3) for line in GLOVE.splitlines())
    source = kind({word: [float(number) for number in numbers] for word, *numbers in lines})
    for lowercase in (True, False):
        read = WordVectors(written(tmp_path / "v.txt"), words, lowercase)
        found = WordVectors(source, words, lowercase)
        assert found.is_known.tolist() == read.is_known.tolist()
        np.testing.assert_array_equal(found.vectors, read.vectors)


def test_words_without_a_vector_are_drawn_at_the_spread_of_the_others():
    source = {f"w{i}": [i % 2, 5.0] for i in range(100)}
    words = [*source, *(f"new{i}" for i in range(4_000))]
    drawn = WordVectors(source, words).filled(np.random.default_rng(0))[100:]
    assert drawn[:, 0].mean() == pytest.approx(0.5, abs=0.05)
    assert drawn[:, 0].std() == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(drawn[:, 1], 5.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a 1 2 3\ngood 1 2\n", "line 2: 'good 1 2' is not a word and 3"),
        ("a 1 2\ngood 1 x\n", "line 2: not all of its 2 numbers"),
        ("good 1 nan\n", "line 1: not all of its 2 numbers"),
        ("good\n", "line 1: 'good' is not a word"),
        ("2 3\n\0\0\0", "line 2: not text. Vectors in word2vec's binary form"),
        ("un 1 2\ndeux 3 4\n", "no vector for any of the 4 words"),
        ("", "no vector for any of the 4 words"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_by_its_line(tmp_path, text, said):
    path = written(tmp_path / "vectors.txt", text)
    clf = keraseq.SequenceClassifier(embeddings=path, epochs=0)
    with pytest.raises(ValueError, match=said):
        clf.fit(TEXTS, LABELS)
    assert not hasattr(clf, "params_")


def test_what_embeddings_do_not_go_with(tmp_path):
    path = written(tmp_path / "v.txt")
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        keraseq.SequenceClassifier(embeddings=tmp_path / "no.txt").fit(TEXTS, LABELS)
    with pytest.raises(TypeError, match="must be the path of a text file of vectors"):
        keraseq.SequenceClassifier(embeddings=7).fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="X holds numbers"):
        keraseq.SequenceClassifier(embeddings=path).fit(np.ones((4, 5)), [0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"sets embedding_dim"):
        keraseq.SequenceClassifier(embeddings=path, model_params={"embedding_dim": 8}).fit(
            TEXTS, LABELS
        )
    with pytest.raises(ValueError, match="a vector of shape"):
        keraseq.SequenceClassifier(embeddings={"good": [1, 2], "bad": [1]}).fit(TEXTS, LABELS)


def test_a_model_begins_with_them_and_goes_on(tmp_path):
    path = written(tmp_path / "v.txt")
    settings = {"units": 4, "embeddings": path, "random_state": 0}
    clf = keraseq.SequenceClassifier("gru", epochs=0, **settings).fit(TEXTS, LABELS)
    table = clf.model_.get_layer("token_embedding").embeddings.numpy()
    vocabulary = clf.encoder_.vocabulary_
    np.testing.assert_allclose(table[vocabulary.index("good")], [1, 2, 3])
    # the, good and film of four words.
    assert clf.params_["embeddings_coverage"]["vocabulary"] == 0.75
    assert clf.params_["embedding_dim"] == 3

    trained = clone(clf).set_params(epochs=2, warm_start=True).fit(TEXTS, LABELS)
    moved = trained.model_.get_layer("token_embedding").embeddings.numpy()
    assert not np.allclose(moved[vocabulary.index("good")], [1, 2, 3])
    path.unlink()
    # Fitted, it needs the file no more.
    trained.fit(TEXTS, LABELS)
    again = pickle.loads(pickle.dumps(trained))
    trained.save(tmp_path / "m.keraseq")
    loaded = keraseq.load(tmp_path / "m.keraseq")
    for other in (again, loaded):
        np.testing.assert_array_equal(other.predict_proba(TEXTS), trained.predict_proba(TEXTS))
    assert loaded.params_["embeddings_coverage"] == trained.params_["embeddings_coverage"]


def test_a_pooled_model_does_not_remember_another_fits_vectors(tmp_path):
    path = written(tmp_path / "v.txt")
    settings = {"units": 4, "epochs": 0, "random_state": 0}
    keraseq.SequenceClassifier("gru", embeddings=path, **settings).fit(TEXTS, LABELS)
    plain = keraseq.SequenceClassifier("gru", model_params={"embedding_dim": 3}, **settings)
    first = plain.fit(TEXTS, LABELS).model_.get_layer("token_embedding").embeddings.numpy()
    assert np.abs(first).max() <= 0.05


def test_tagger_and_regressor_take_them_too():
    vectors = {"good": [1.0, 2.0], "bad": [3.0, 4.0]}
    words, tags = [["good", "bad"]] * 8, [["A", "B"]] * 8
    tagger = keraseq.SequenceTagger(embeddings=vectors, epochs=1).fit(words, tags)
    assert tagger.params_["embeddings_coverage"] == {"vocabulary": 1.0, "tokens": 1.0}
    regressor = keraseq.SequenceRegressor(embeddings=vectors, epochs=1)
    assert regressor.fit(["good", "bad"] * 8, [1.0, 2.0] * 8).params_["embedding_dim"] == 2
    partial = keraseq.SequenceClassifier(embeddings=vectors)
    partial.partial_fit(["good", "bad"], ["a", "b"]).partial_fit(["good", "bad"], ["a", "b"])
    assert partial.params_["embedding_dim"] == 2

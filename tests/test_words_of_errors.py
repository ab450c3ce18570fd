"""What errors and warnings say fits what the user passed."""

import pathlib
import re

import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq.encoding import TextEncoder, as_sequences

draw = np.random.default_rng(0)
X = draw.normal(size=(8, 4, 2))
Y = [0, 1] * 4
WORDS, TAGS = [["a", "b"], ["c"]] * 4, [["N", "V"], ["N"]] * 4
SETTINGS = {"model": "simple_rnn", "units": 2, "epochs": 0, "random_state": 0}


@pytest.fixture(scope="module")
def classifier():
    return keraseq.SequenceClassifier(**SETTINGS).fit(X, Y)


@pytest.fixture(scope="module")
def tagger():
    return keraseq.SequenceTagger(**SETTINGS).fit(WORDS, TAGS)


def refuse(call, says):
    """Return the error of a call; it names no class that the user has not made."""
    with pytest.raises((TypeError, ValueError), match=says) as caught:
        call()
    assert not re.search(r"(Encoder|Target|Steps|Rows|Batches|keras\.)", str(caught.value))


def test_one_sequence_goes_into_a_list(classifier, tagger):
    refuse(lambda: classifier.predict(X[0]), r"X has 1 channels, .* 2; .* into a list: \[X\]")
    refuse(lambda: classifier.predict(X[0, :, 0]), r"X\.reshape\(1, -1\) if it is one sequence")
    refuse(lambda: tagger.predict(WORDS[0]), r"X holds strings; .* lists of words .*\[\['the'")
    refuse(lambda: tagger.predict("a b"), r"X is one string; put it in a list: \[X\]")


@pytest.mark.parametrize("form", [np.asarray, list])
def test_channels_before_steps_are_noticed(form):
    """aeon and sktime have (rows, channels, time)."""
    made = keraseq.SequenceClassifier(**SETTINGS, validation_fraction=0.25)
    with pytest.warns(UserWarning, match="one step of 4 numbers.* swap the last two axes") as seen:
        made.fit(form(X.transpose(0, 2, 1)[:, :1]), Y)
    assert pathlib.Path(seen[0].filename).name == pathlib.Path(__file__).name


def test_unequal_channels(classifier):
    unequal = [np.ones((3, 2))] * 2 + [np.ones((3, 3))] * 6
    says = r"different channels \(shape after time: \(2,\) in row 0 and \(3,\) in row 2\)"
    refuse(lambda: keraseq.SequenceClassifier(**SETTINGS).fit(unequal, Y), says)
    refuse(lambda: classifier.predict(unequal), says)
    refuse(lambda: classifier.predict(unequal[2:]), "X has 3 channels, but training had 2")
    for other, says in (
        ((X[:, :, :1], Y), r"In validation_data=\(X, y\): X has 1 channels, that of training 2"),
        ((X, [5] * 8), r"In validation_data=\(X, y\): y holds labels unseen in training: 5"),
        ((X[:3], Y), r"In validation_data=\(X, y\): X has 3 rows and y has 8"),
        ((["a"] * 8, Y), r"In validation_data=\(X, y\): X holds strings, that of training series"),
    ):
        refuse(
            lambda other=other: keraseq.SequenceClassifier(**SETTINGS).fit(
                X, Y, validation_data=other
            ),
            says,
        )
    table = keraseq.SequenceClassifier(**SETTINGS)
    refuse(
        lambda: table.fit(X[:, :, 0], Y, validation_data=(X[:, :3, 0], Y)),
        "X has 3 columns, that of training 4",
    )


@pytest.mark.parametrize("word", [None, np.nan, pd.NA], ids=["None", "nan", "NA"])
def test_a_word_that_is_missing(tagger, word):
    says = r"X has no word in row 1, step 2 .*keep_default_na=False"
    rows = [["a", "b"], ["c", "d", word]]
    refuse(lambda: keraseq.SequenceTagger(**SETTINGS).fit(rows, [["N", "V"], ["N"] * 3]), says)
    refuse(lambda: tagger.predict(rows), says)
    refuse(lambda: as_sequences([np.array(row, dtype=object) for row in rows]), says)
    # The word itself is a word.
    assert len(tagger.predict([["None", "NA", "null"]])[0]) == 3


def test_weights_of_single_steps(tagger):
    says = "sample_weight .* one number a sequence, which all its steps have"
    per_step, equal = [[1, 2], [1]] * 4, np.ones((8, 4))
    refuse(
        lambda: keraseq.SequenceTagger(**SETTINGS).fit(WORDS, TAGS, sample_weight=per_step), says
    )
    refuse(lambda: keraseq.SequenceTagger(**SETTINGS).fit(X, [[0, 1, 0, 1]] * 8, equal), says)
    refuse(lambda: tagger.score(WORDS, TAGS, sample_weight=per_step), says)
    # One weight a sequence weighs all its steps, here two and one.
    right = [
        [tag == truth for tag, truth in zip(*rows, strict=True)]
        for rows in zip(tagger.predict(WORDS[:2]), TAGS, strict=False)
    ]
    assert tagger.score(WORDS[:2], TAGS[:2], sample_weight=[3, 1]) == pytest.approx(
        (3 * sum(right[0]) + sum(right[1])) / 7
    )


def test_strings_where_lists_of_words_were_learned():
    characters = keraseq.SequenceTagger(**SETTINGS, tokenizer="characters")
    characters.fit(["ab", "c"] * 4, TAGS)
    refuse(
        lambda: characters.predict(WORDS),
        "X holds lists of words, but the vocabulary was learned from strings",
    )
    texts = keraseq.SequenceClassifier(**SETTINGS).fit(["a b", "c"] * 4, Y)
    refuse(
        lambda: texts.predict(X), "X holds series of numbers, but this SequenceClassifier .*strings"
    )


def test_names_of_files_are_not_taken_for_texts_in_silence(tmp_path):
    names = [tmp_path / f"{row}.txt" for row in range(8)]
    for name in names:
        name.write_text("content")
    for texts in (
        [f"recordings/{row}.WAV" for row in range(8)],
        pd.Series([f"{row}.csv" for row in range(8)]),
        [str(name) for name in names],
    ):
        with pytest.warns(UserWarning, match="Every text of X is the name of a file.*not read"):
            keraseq.SequenceClassifier(**SETTINGS).fit(texts, Y)
    # Warnings are errors here: one other text, and it is a column of texts.
    TextEncoder().fit(["see a.csv", "notes of 3 May"])
    refuse(
        lambda: keraseq.SequenceClassifier(**SETTINGS).fit(names, Y),
        r"X holds \w*Path in row 0.*numpy\.load\(path\) for path in X",
    )
    assert isinstance(names[0], pathlib.Path)

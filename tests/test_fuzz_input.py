"""Generated input: the documented result, or a ValueError or TypeError that names the argument.

Cases a run: 4,800 through reading and encoding (1,000 of anything into sequences, 600 into
encoders, 1,000 into targets, 200 out of them again; 500 tables of numbers in up to 19 containers
each, 300 lists of texts and 400 of labels in every one, 300 texts and 300 lists of tags there and
back, 200 orders of rows) and 110 through a whole fit and prediction at fixed shapes; 180 more with
the columns of Arrow and polars where those are installed. They are the same in every run: take
`derandomize` out of `cases` to look for others.
"""

import fractions
import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from _strategies import (
    CHARACTERS,
    FLAT,
    MILD,
    STRINGS,
    data_of,
    encodable,
    forms_of,
    number_rows,
    numpy_strings,
    objects,
    ragged_rows,
    spoilt,
    tables,
    two_labels,
    word_rows,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning

import keraseq
from keraseq.encoding import (
    ClassTarget,
    MultilabelTarget,
    RegressionTarget,
    SeriesEncoder,
    TagTarget,
    TextEncoder,
    TokenEncoder,
    as_sequences,
)
from keraseq.encoding.reserved_ids import FIRST_FREE, UNKNOWN
from keraseq.encoding.word_tokens import clean_text

FLOAT32 = np.finfo(np.float32)


def cases(number):
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=slow,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("maps")


def attempt(name, call, *given_data):
    """Return what a call gives, or None where it refuses by name; what it was given is unchanged.

    Any other exception, and any warning but scikit-learn's about a column, is a failure.
    """
    before = list(map(_state, given_data))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", DataConversionWarning)
            warnings.filterwarnings("ignore", "X (does not have|has) .*feature names")
            return call()
    except (TypeError, ValueError) as error:
        assert re.search(rf"\b{name}\b", str(error)), error
        assert "Graph execution" not in str(error)
        return None
    finally:
        assert list(map(_state, given_data)) == before


def _state(X):
    """The content of X as bytes."""
    try:
        if isinstance(X, pd.Series | pd.DataFrame):
            # What pandas pickles itself holds caches too.
            cells = X.to_numpy(dtype=object).ravel().tolist()
            return pickle.dumps([cells, X.index.tolist(), str(getattr(X, "dtypes", None))])
        if isinstance(X, pd.api.extensions.ExtensionArray):
            X = list(X)
        return pickle.dumps(X)
    except (TypeError, ValueError):
        # Generators, and some of what stands in them.
        return None


# Anything at all


@cases(1000)
@given(data_of(), st.sampled_from(["auto"] * 4 + ["text", "tokens", "series"]))
def test_anything_is_read_as_sequences_or_refused_by_name(X, input):
    sequences = attempt("reviews", lambda: as_sequences(X, input, name="reviews"), X)
    if sequences is None:
        return
    assert len(sequences) == len(X) > 0
    assert input in ("auto", sequences.kind) or (input, sequences.kind) == ("text", "words")
    for row in sequences.rows:
        if sequences.kind == "text":
            assert isinstance(row, str)
        elif sequences.kind == "words":
            assert all(isinstance(word, str) for word in row)
        elif sequences.kind == "tokens":
            assert row.dtype == np.int32 and row.ndim == 1 and (row > 0).all()
        else:
            assert row.dtype in (np.float32, np.float64) and row.shape[1] == sequences.n_channels
            assert not np.isinf(row).any()


ENCODERS = st.one_of(
    *(
        st.tuples(st.just(encoder), data_of(kind))
        for kind, encoder in [
            ("table", SeriesEncoder()),
            ("series", SeriesEncoder("minmax", missing="fill")),
            ("wild series", SeriesEncoder(missing="fill")),
            ("channels", SeriesEncoder(None, missing="fill")),
            ("tokens", TokenEncoder(max_length=2)),
            ("words", TextEncoder(max_length=5)),
        ]
    ),
    *(
        st.tuples(st.just(encoder), data_of("strings"))
        for encoder in [
            TextEncoder(lowercase=False, min_count=2),
            TextEncoder("characters", max_tokens=6),
            TextEncoder("subwords", max_tokens=40),
            TextEncoder(str.split),
        ]
    ),
)


@cases(600)
@given(ENCODERS)
def test_anything_is_encoded_or_refused_by_name(encoder_and_X):
    encoder, X = encoder_and_X
    encoder = clone(encoder)
    rows = attempt("X", lambda: encoder.fit_transform(X), X)
    if rows is None:
        return
    assert len(rows) == len(X)
    for row in rows:
        if isinstance(encoder, SeriesEncoder):
            assert row.dtype == np.float32 and not np.isinf(row).any()
        else:
            assert row.dtype == np.int32 and (row < encoder.vocabulary_size_).all()
            assert ((row == UNKNOWN) | (row >= FIRST_FREE)).all()
    assert len(encoder.inverse_transform(rows)) == len(rows)


TARGETS = st.one_of(
    *(
        st.tuples(st.just(kind), data_of(*rows))
        for kind, rows in [
            (ClassTarget, FLAT),
            (RegressionTarget, ["numbers", "wild numbers", "table"]),
            (MultilabelTarget, ["indicators"]),
            (TagTarget, ["words", "few words", "tokens"]),
        ]
    )
)


@cases(1000)
@given(TARGETS)
def test_anything_is_a_target_that_comes_back_or_is_refused_by_name(kind_and_y):
    kind, y = kind_and_y
    target = attempt("y", lambda: kind().fit(y), y)
    if target is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataConversionWarning)
        codes = target.transform(y)
    back = target.inverse_transform(codes)
    assert len(codes) == len(back) == len(y)
    if kind is TagTarget:
        assert all((row >= 0).all() and (row < target.outputs_).all() for row in codes)
    elif kind is RegressionTarget:
        assert np.isfinite(codes).all() and np.isfinite(back).all()
    elif kind is MultilabelTarget:
        assert np.isin(codes, (0, 1)).all() and codes.shape[1] == target.outputs_
    else:
        assert codes.min() >= 0 and codes.max() < target.outputs_
    if isinstance(y, list) and kind is ClassTarget and not isinstance(y[0], list | np.ndarray):
        assert back.tolist() == y
    if isinstance(y, list) and kind is TagTarget:
        assert back == [list(row) for row in y]


# Numbers


def expected_numbers(rows):
    """What any container of these rows must be read as, or None where it must be refused."""
    values = [[np.nan if value is None else value for value in row] for row in rows]
    for value in (v for row in values for v in row):
        if value == value and not abs(value) <= float(FLOAT32.max):
            return None
        if isinstance(value, int) and int(float(value)) != value:
            return None
    return np.array(values, dtype=np.float64)


def padded(sequences, time):
    """Series of one channel as one array, whatever their form."""
    result = np.full((len(sequences), time), np.nan)
    for row, values in zip(result, sequences.rows, strict=True):
        row[: len(values)] = values[:, 0]
    return result


@cases(500)
@given(tables())
def test_numbers_are_equal_in_every_container_or_refused_in_every_one(folder, table):
    expected = expected_numbers(table.rows)
    for form, X in forms_of(table, folder).items():
        sequences = attempt("X", lambda X=X: as_sequences(X, "series"), X)
        assert (sequences is None) == (expected is None), form
        if expected is not None:
            found = padded(sequences, len(table.rows[0]))
            np.testing.assert_array_equal(found, expected, err_msg=form)
        if "frame" not in form:
            continue
        kept = attempt("y", lambda X=X: RegressionTarget(scaling=False).fit(X).transform(X), X)
        if expected is None or np.isnan(expected).any():
            assert kept is None
        elif kept is not None:
            np.testing.assert_array_equal(kept, expected.astype(np.float32))


@cases(200)
@given(tables(missing=False), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_a_frames_index_change_no_encoding(table, random):
    assume(expected_numbers(table.rows) is not None)
    X = table.frame(nullable=False)
    encoder = SeriesEncoder().fit(X)
    encoded = encoder.transform(X)
    order = random.sample(range(len(X)), len(X))
    np.testing.assert_array_equal(encoder.transform(X.iloc[order]), encoded[order])
    np.testing.assert_array_equal(encoder.transform(X.reset_index(drop=True)), encoded)
    np.testing.assert_array_equal(
        SeriesEncoder().fit_transform([list(row) for row in table.rows])[:, :, 0], encoded
    )


# Text


TEXT_CONTAINERS = {
    "tuple": tuple,
    "objects": objects,
    "column of objects": lambda texts: objects(texts)[:, None],
    "strings of numpy": numpy_strings,
    "series": lambda texts: pd.Series(texts, index=range(len(texts))[::-1]),
    "series of objects": lambda texts: pd.Series(objects(texts), dtype=object),
    "nullable strings": lambda texts: pd.Series(texts, dtype="string"),
    "category": lambda texts: pd.Series(texts, dtype="category"),
    "frame": lambda texts: pd.DataFrame({"text": texts}, index=[9] * len(texts)),
    "array of pandas": lambda texts: pd.array(texts, dtype="string"),
    "masked": lambda texts: np.ma.array(objects(texts), mask=False),
}


@cases(300)
@given(st.lists(STRINGS, min_size=1, max_size=5), st.sampled_from(sorted(TEXT_CONTAINERS)))
def test_texts_are_equal_in_every_container(texts, container):
    if "objects" not in container and container not in ("tuple", "masked"):
        texts = encodable(texts)
    encoder = TextEncoder("characters", lowercase=False).fit(["some", *texts])
    X = TEXT_CONTAINERS[container](texts)
    assert as_sequences(X).rows == texts
    rows = attempt("X", lambda: encoder.transform(X), X)
    for row, expected in zip(rows, encoder.transform(texts), strict=True):
        np.testing.assert_array_equal(row, expected)


@cases(300)
@given(st.text(CHARACTERS, max_size=60), st.sampled_from(["words", "characters", "subwords"]))
def test_text_comes_back(text, tokenizer):
    encoder = TextEncoder(tokenizer, lowercase=False, max_tokens=None).fit([text, "a b"])
    ids = encoder.transform([text])
    (back,) = encoder.inverse_transform(ids)
    if tokenizer == "characters":
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        assert back == whole
    if tokenizer == "subwords" and "[UNK]" not in text:
        assert back == clean_text(text).removeprefix(" ")
        return
    np.testing.assert_array_equal(encoder.transform([back])[0], ids[0])


# Labels


LABELS = st.one_of(
    st.lists(STRINGS, min_size=2, max_size=6),
    st.lists(st.integers(), min_size=2, max_size=6),
    st.lists(st.integers() | st.integers(-3, 3).map(float), min_size=2, max_size=6),
    st.lists(st.booleans(), min_size=2, max_size=6),
    st.lists(st.dates(), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 2), STRINGS), min_size=2, max_size=6),
    st.lists(st.frozensets(st.integers(0, 3)), min_size=2, max_size=6),
    st.lists(st.fractions() | st.none().map(lambda _: fractions.Fraction(1, 2)), min_size=2),
    st.lists(st.binary(max_size=3), min_size=2, max_size=6),
)


@cases(400)
@given(LABELS)
def test_labels_come_back_and_have_equal_codes_in_every_container(labels):
    given_labels = objects(labels)
    target = attempt("y", lambda: ClassTarget().fit(given_labels), given_labels)
    assert (target is None) == (len(set(labels)) < 2)
    if target is None:
        return
    codes = target.transform(given_labels)
    assert target.inverse_transform(codes).tolist() == labels
    assert target.outputs_ == len(set(labels))
    shuffled = pd.Series(given_labels, index=range(len(labels))[::-1], dtype=object)
    # Of objects, since Arrow's strings, which pandas else takes, hold no lone surrogates.
    names = pd.Index(objects(target.classes_.tolist()), dtype=object)
    categories = pd.Categorical.from_codes(codes, names)
    for y in (shuffled, categories, pd.Series(categories), pd.Index(given_labels, dtype=object)):
        np.testing.assert_array_equal(target.transform(y), codes)
    if not isinstance(labels[0], tuple):
        for y in (labels, tuple(labels)):
            assert ClassTarget().fit(y).classes_.tolist() == target.classes_.tolist()
            np.testing.assert_array_equal(target.transform(y), codes)


@cases(300)
@given(st.lists(st.lists(STRINGS | st.integers(), max_size=4), min_size=1, max_size=4))
def test_tags_come_back(rows):
    labels = [label for row in rows for label in row]
    target = attempt("y", lambda: TagTarget().fit(rows), rows)
    mixed = len({isinstance(label, str) for label in labels}) == 2
    assert (target is None) == (mixed or len(set(labels)) < 2)
    if target is None:
        return
    codes = target.transform(rows)
    assert target.inverse_transform(codes) == rows
    for y in (tuple(map(tuple, rows)), objects(rows), pd.Series(rows, index=[7] * len(rows))):
        for row, expected in zip(target.transform(y), codes, strict=True):
            np.testing.assert_array_equal(row, expected)


DECODERS = {
    "X": [
        TextEncoder().fit(["a b"]).inverse_transform,
        SeriesEncoder().fit([[1.0, 2.0]]).inverse_transform,
        TokenEncoder().fit([[1]]).inverse_transform,
    ],
    "(codes|y)": [
        ClassTarget().fit(["a", "b"]).inverse_transform,
        MultilabelTarget().fit([[1, 0]]).inverse_transform,
        TagTarget().fit([["a", "b"]]).inverse_transform,
    ],
    "values": [RegressionTarget().fit([1.0, 2.0]).inverse_transform],
}


@cases(200)
@given(data_of(), st.sampled_from([(n, f) for n, fs in DECODERS.items() for f in fs]))
def test_anything_is_decoded_or_refused_by_name(values, decoder):
    name, decode = decoder
    attempt(name, lambda: decode(values), values)


# Other libraries' columns


@cases(60)
@given(tables())
def test_arrow_columns_equal_lists(table):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    assume(table.dtypes != ["bool"])
    expected = expected_numbers(table.rows)
    types = list(map(arrow.type_for_alias, table.dtypes))
    named = zip("abcd", table.columns(), types, strict=False)
    columns = {name: arrow.array(values, type) for name, values, type in named}
    backed = {name: pd.array(v, dtype=pd.ArrowDtype(v.type)) for name, v in columns.items()}
    for X in (arrow.table(columns), pd.DataFrame(backed)):
        sequences = attempt("X", lambda X=X: as_sequences(X, "series"))
        assert (sequences is None) == (expected is None)
        if expected is not None:
            found = padded(sequences, len(table.rows[0]))
            np.testing.assert_array_equal(found, expected)


@cases(60)
@given(tables())
def test_polars_columns_equal_lists(table):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    expected = expected_numbers(table.rows)
    kinds = [getattr(polars, _POLARS[dtype]) for dtype in table.dtypes]
    named = list(zip("abcd", table.columns(), kinds, strict=False))
    X = polars.DataFrame({n: v for n, v, _ in named}, schema={n: kind for n, _, kind in named})
    sequences = attempt("X", lambda: as_sequences(X, "series"), X)
    assert (sequences is None) == (expected is None)
    if expected is not None:
        np.testing.assert_array_equal(padded(sequences, len(table.rows[0])), expected)


_POLARS = {
    "int64": "Int64",
    "uint64": "UInt64",
    "float64": "Float64",
    "float32": "Float32",
    "int8": "Int8",
    "bool": "Boolean",
}


@cases(60)
@given(st.lists(STRINGS, min_size=2, max_size=5))
def test_text_and_labels_of_other_libraries(texts):
    texts = encodable(texts)
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    polars = pytest.importorskip("polars", reason="polars is not installed")
    makers = [arrow.array, polars.Series]
    for make in makers:
        column = make(texts)
        assert as_sequences(column).rows == texts
        if len(set(texts)) > 1:
            target = ClassTarget().fit(column)
            assert target.inverse_transform(target.transform(column)).tolist() == texts


# Whole fits


SMALL = {"model": "simple_rnn", "units": 2, "epochs": 1, "batch_size": 8, "random_state": 0}
WEIGHTS = st.none() | st.lists(st.sampled_from([0, 1, 2.5, 1e-300, 1e30]), min_size=8, max_size=8)
OTHER = number_rows() | ragged_rows(MILD) | ragged_rows(STRINGS) | st.lists(STRINGS, min_size=1)


def fit_and_predict(estimator, X, y, sample_weight, other):
    """Return the fitted estimator and what it predicts for X, or None where X or y is refused."""
    attempt(
        "(X|y|sample_weight)",
        lambda: estimator.fit(X, y, sample_weight=sample_weight),
        *(X, y, sample_weight),
    )
    if not hasattr(estimator, "params_"):
        return None
    answers = attempt("X", lambda: estimator.predict(X), X)
    assert len(answers) == len(X)
    others = attempt("X", lambda: estimator.predict(other), other)
    assert others is None or len(others) == len(other)
    return answers


@cases(50)
@given(spoilt(number_rows() | word_rows(), two_labels(), WEIGHTS, OTHER))
def test_a_classifier_answers_with_labels_of_training_or_refuses_by_name(given_data):
    X, y, sample_weight, other = given_data
    clf = keraseq.SequenceClassifier(**SMALL)
    answers = fit_and_predict(clf, X, y, sample_weight, other)
    if answers is None or isinstance(clf.target_, MultilabelTarget):
        return
    assert all(answer in clf.classes_.tolist() for answer in answers.tolist())
    probabilities = clf.predict_proba(X)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


NUMBERS = st.lists(MILD, min_size=8, max_size=8).flatmap(
    lambda values: st.sampled_from([values, tuple(values), np.array(values), pd.Series(values)])
)


@cases(30)
@given(spoilt(number_rows(), NUMBERS, WEIGHTS, OTHER))
def test_a_regressor_answers_with_finite_numbers_or_refuses_by_name(given_data):
    X, y, sample_weight, other = given_data
    answers = fit_and_predict(keraseq.SequenceRegressor(**SMALL), X, y, sample_weight, other)
    if answers is not None:
        assert np.isfinite(answers).all()


TAGS = two_labels().map(
    lambda labels: [[labels[i], labels[i - 1], labels[i - 2]] for i in range(8)]
)


@cases(30)
@given(spoilt(word_rows(), TAGS, WEIGHTS, OTHER))
def test_a_tagger_answers_every_step_or_refuses_by_name(given_data):
    X, y, sample_weight, other = given_data
    tagger = keraseq.SequenceTagger(**SMALL)
    answers = fit_and_predict(tagger, X, y, sample_weight, other)
    if answers is not None:
        assert list(map(len, answers)) == list(map(len, y))
        known = tagger.classes_.tolist()
        assert all(answer in known for row in answers for answer in row)

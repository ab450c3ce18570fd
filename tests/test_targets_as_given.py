"""One column is one target; what is masked is missing; complex numbers are no numbers here."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning

import keraseq
from keraseq.encoding import ClassTarget, MultilabelTarget

masked = np.ma.array
draw = np.random.default_rng(0)
X = draw.normal(size=(8, 3))
CODES, NAMES = [0, 1] * 4, ["no", "yes"] * 4
WORDS, TAGS = [["a", "b"], ["c"]] * 4, [["N", "V"], ["N"]] * 4
SETTINGS = {"model": "simple_rnn", "units": 2, "epochs": 1, "random_state": 0}
FIRST = [True] + [False] * 7
ONE_MISSING = masked(CODES, mask=FIRST)


def classifier(**changes):
    return keraseq.SequenceClassifier(**{**SETTINGS, **changes})


def regressor(**changes):
    return keraseq.SequenceRegressor(**{**SETTINGS, **changes})


def tagger(**changes):
    return keraseq.SequenceTagger(**{**SETTINGS, **changes})


def polars_column(y):
    polars = pytest.importorskip("polars", reason="polars is not installed")
    return polars.DataFrame({"label": list(y)})


def arrow_column(y):
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    return arrow.table({"label": list(y)})


COLUMNS = {
    "frame": lambda y: pd.DataFrame({"label": y}, index=range(8)[::-1]),
    "categories": lambda y: pd.DataFrame({"label": pd.Categorical(y)}),
    "nullable": lambda y: pd.DataFrame({"label": y}).convert_dtypes(),
    "nested lists": lambda y: [[value] for value in y],
    "tuples": lambda y: tuple((value,) for value in y),
    "list of arrays": lambda y: [np.array([value]) for value in y],
    "array": lambda y: np.array(y)[:, None],
    "objects": lambda y: np.array(y, dtype=object)[:, None],
    "polars": polars_column,
    "arrow": arrow_column,
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("y", [CODES, NAMES], ids=["numbers", "strings"])
def test_one_column_is_one_label_a_row(column, y):
    given = COLUMNS[column](y)
    with pytest.warns(DataConversionWarning, match="A column-vector y was passed when a 1d array"):
        fitted = classifier().fit(X, given)
    assert isinstance(fitted.target_, ClassTarget) and fitted.classes_.tolist() == sorted(set(y))
    alone = classifier().fit(X, y)
    np.testing.assert_array_equal(fitted.predict_proba(X), alone.predict_proba(X))
    assert fitted.predict(X).shape == (8,)
    with pytest.warns(DataConversionWarning, match="column-vector"):
        assert fitted.score(X, given) == alone.score(X, y)


@pytest.mark.parametrize("column", COLUMNS)
def test_one_column_is_one_number_a_row(column):
    numbers = X[:, 0].tolist()
    with pytest.warns(DataConversionWarning, match="column-vector"):
        fitted = regressor().fit(X, COLUMNS[column](numbers))
    np.testing.assert_array_equal(fitted.predict(X), regressor().fit(X, numbers).predict(X))
    with pytest.warns(DataConversionWarning, match="column-vector"):
        assert fitted.score(X, COLUMNS[column](numbers)) == fitted.score(X, numbers)


def test_one_column_bit_by_bit_and_in_validation_data():
    column = pd.DataFrame({"label": CODES})
    with pytest.warns(DataConversionWarning):
        first = classifier().partial_fit(X, column, classes=[0, 1, 2])
    assert first.classes_.tolist() == [0, 1, 2]
    with pytest.warns(DataConversionWarning):
        judged = classifier().fit(X, CODES, validation_data=(X, column))
    assert "val_loss" in judged.history_


def test_several_columns_are_several_labels_still():
    matrix = np.array([[0, 1], [1, 1]] * 4)
    for y in (matrix, pd.DataFrame(matrix, columns=["a", "b"]), matrix.tolist()):
        fitted = classifier().fit(X, y)
        assert isinstance(fitted.target_, MultilabelTarget) and fitted.predict(X).shape == (8, 2)
        assert 0 <= fitted.score(X, y) <= 1


@pytest.mark.parametrize(
    "y",
    [
        pd.DataFrame({"tags": TAGS}),
        [pd.DataFrame({"tag": row}, index=range(len(row))[::-1]) for row in TAGS],
        [np.array(row)[:, None] for row in TAGS],
        [pd.Series(row, index=range(len(row))[::-1], dtype="category") for row in TAGS],
    ],
    ids=["frame of lists", "frames", "columns", "categories"],
)
def test_tags_in_columns(y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataConversionWarning)
        fitted = tagger().fit(WORDS, y)
    assert fitted.predict(WORDS) == tagger().fit(WORDS, TAGS).predict(WORDS)
    with pytest.raises(ValueError, match=r"y has shape \(2, 2\) in row 0"):
        tagger().fit(WORDS, [pd.DataFrame({"a": row, "b": row}) for row in TAGS])


# What is masked is missing


MASKED_X = {
    "array": masked(X, mask=X[2, 0] == X),
    "list of arrays": [masked(row, mask=row == X[2, 0]) for row in X],
    "list of steps": [[masked([v, 0.0], mask=v == X[2, 0]) for v in row] for row in X],
    "constants": [[np.ma.masked if v == X[2, 0] else v for v in row] for row in X],
    "objects": pd.Series([masked(row, mask=row == X[2, 0]) for row in X]),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("form", MASKED_X)
def test_masked_values_of_x_are_missing(form):
    with pytest.raises(ValueError, match="X contains NaN: row 2, step 0"):
        classifier(epochs=0).fit(MASKED_X[form], CODES)
    with pytest.raises(ValueError, match="X contains NaN: row 2, step 0"):
        regressor(epochs=0).fit(np.nan_to_num(_filled(form)), X[:, 0]).predict(MASKED_X[form])


def _filled(form):
    rows = np.where(X[2, 0] == X, np.nan, X)
    return np.stack([rows, 0 * rows], axis=2) if form == "list of steps" else rows


def test_masked_values_are_filled_as_nan_is():
    gaps = np.where(X > 1, np.nan, X)
    one, two = (
        classifier(missing="fill").fit(rows, CODES) for rows in (masked(X, mask=X > 1), gaps)
    )
    np.testing.assert_array_equal(one.predict_proba(masked(X, mask=X > 1)), two.predict_proba(gaps))


@pytest.mark.parametrize("y", [ONE_MISSING, [np.ma.masked, *CODES[1:]]], ids=["array", "constant"])
def test_masked_targets_are_missing(y):
    fitted, line = classifier(epochs=0).fit(X, CODES), regressor(epochs=0).fit(X, X[:, 0])
    for call in (
        lambda: classifier().fit(X, y),
        lambda: regressor().fit(X, y),
        lambda: classifier().fit(X, CODES, validation_data=(X, y)),
        lambda: fitted.score(X, y),
        lambda: line.score(X, y),
    ):
        with pytest.raises(ValueError, match=r"y contains NaN: .*row 0"):
            call()


def test_masked_rows_of_targets_are_missing():
    pairs = [masked([0, 1], mask=[0, row == 5]) for row in range(8)]
    with pytest.raises(ValueError, match="y contains NaN: row 5"):
        regressor().fit(X, pairs)
    with pytest.raises(ValueError, match="y holds nan in row 5, label 1"):
        classifier().fit(X, pairs)
    with pytest.raises(ValueError, match="no label in row 0, step 1"):
        tagger().fit(WORDS, [masked(["N", "V"], mask=[0, 1]), *TAGS[1:]])
    with pytest.raises(ValueError, match="X has no word in row 0, step 1"):
        tagger().fit([masked(["a", "b"], mask=[0, 1]), *WORDS[1:]], TAGS)


@pytest.mark.parametrize("weight", [masked(np.ones(8), mask=FIRST), [np.ma.masked] + [1.0] * 7])
def test_masked_weights_are_missing(weight):
    fitted, line = classifier(epochs=0).fit(X, CODES), regressor(epochs=0).fit(X, X[:, 0])
    for call in (
        lambda: classifier().fit(X, CODES, sample_weight=weight),
        lambda: fitted.score(X, CODES, sample_weight=weight),
        lambda: line.score(X, X[:, 0], sample_weight=weight),
        lambda: tagger().fit(WORDS, TAGS, sample_weight=weight),
    ):
        with pytest.raises(ValueError, match=r"sample_weight.*NaN"):
            call()


# Complex numbers


def test_complex_numbers_are_refused_everywhere():
    codes, numbers = np.array(CODES) + 0j, X + 0j
    fitted, line = classifier(epochs=0).fit(X, CODES), regressor(epochs=0).fit(X, X[:, 0])
    pairs, cells = np.stack([codes, codes], axis=1), numbers.tolist()
    for call in (
        lambda: classifier().fit(numbers, CODES),
        lambda: classifier().fit(cells, CODES),
        lambda: classifier().fit(pd.DataFrame(numbers), CODES),
        lambda: classifier().fit([row[:, None] for row in numbers], CODES),
        lambda: classifier(input="tokens").fit(cells, CODES),
        lambda: classifier().fit(X, codes),
        lambda: classifier().fit(X, codes.tolist()),
        lambda: classifier().fit(X, pairs),
        lambda: regressor().fit(X, codes),
        lambda: regressor().fit(X, pd.Series(codes)),
        lambda: regressor().fit(X, pairs.tolist()),
        lambda: tagger().fit(WORDS, [[1j, 2j], [1j]] * 4),
        lambda: classifier().fit(X, CODES, sample_weight=codes + 1),
        lambda: classifier().fit(X, CODES, validation_data=(numbers, CODES)),
        lambda: classifier().fit(X, CODES, validation_data=(X, codes)),
        lambda: fitted.predict(numbers),
        lambda: fitted.score(X, codes),
        lambda: fitted.score(X, CODES, sample_weight=codes + 1),
        lambda: line.score(X, codes),
    ):
        with pytest.raises(ValueError, match="Complex data not supported"):
            call()


# Values in other types and orders


def test_targets_of_other_types_are_read_by_position():
    alone = classifier().fit(X, CODES).predict_proba(X)
    backwards = range(8)[::-1]
    for rows, y in (
        (X, pd.Series(CODES, index=backwards)),
        (pd.DataFrame(X, columns=list("abc"), index=backwards), pd.Series(CODES)),
        (X.astype(object), np.array(CODES, dtype=object)),
        (X, np.array(CODES, dtype=bool)),
        (X, pd.array(CODES, dtype="Int64")),
        (X, pd.array(np.array(CODES, dtype=bool), dtype="boolean")),
        (X, pd.Categorical(CODES, categories=[1, 0, 7])),
    ):
        fitted = classifier().fit(rows, y)
        np.testing.assert_array_equal(fitted.predict_proba(rows), alone)
        assert len(fitted.classes_) == 2
    weight = pd.Series(np.arange(8.0), index=backwards)
    np.testing.assert_array_equal(
        classifier().fit(X, CODES, sample_weight=weight).predict_proba(X),
        classifier().fit(X, CODES, sample_weight=np.arange(8.0)).predict_proba(X),
    )
    for y in (pd.array([0, None] * 4, dtype="Int64"), pd.Series(["a", pd.NA] * 4)):
        with pytest.raises(ValueError, match=r"y contains NaN.*row 1"):
            classifier().fit(X, y)


def test_an_array_of_no_axis_is_one_label():
    y = [np.array(name) for name in NAMES]
    assert classifier().fit(X, y).classes_.tolist() == ["no", "yes"]


def test_weights_that_are_none_are_told_as_weights():
    with pytest.raises(TypeError, match=r"sample_weight='balanced' is .* one value a sequence"):
        classifier().fit(X, CODES, sample_weight="balanced")


def test_classes_are_any_set_of_labels():
    one, other = (classifier().partial_fit(X, CODES, classes=c) for c in ({2, 1, 0}, [0, 1, 2]))
    assert one.classes_.tolist() == [0, 1, 2]
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    one.partial_fit(X, CODES, classes={0: "a", 1: "b", 2: "c"}.keys())
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] are not those of the first call"):
        one.partial_fit(X, CODES, classes={0, 1})
    tagged = tagger().partial_fit(WORDS, TAGS, classes={"N", "V", "D"})
    assert tagged.classes_.tolist() == ["D", "N", "V"]


@pytest.mark.parametrize(
    ("classes", "error", "said"),
    [
        (3, TypeError, "classes=3 is not a list, an array or a set; give all labels"),
        ("ab", TypeError, "classes='ab' is not a list, an array or a set"),
        ([0], ValueError, "In classes: .*one class"),
        (set(), ValueError, "In classes: "),
    ],
)
def test_classes_that_are_none_are_named(classes, error, said):
    for fitted, rows in ((classifier(), (X, CODES)), (tagger(), (WORDS, TAGS))):
        with pytest.raises(error, match=said):
            fitted.partial_fit(*rows, classes=classes)

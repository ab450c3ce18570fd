"""What recipes read from the files that people have: cells, columns, dates, series."""

import argparse
import bz2
import codecs
import gzip
import lzma

import numpy as np
import pandas as pd
import pytest

from keraseq.cli.columns import complete_rows, read_numbers
from keraseq.cli.command_line import in_options
from keraseq.cli.dates import read_dates
from keraseq.cli.file_text import is_table
from keraseq.cli.forecast_data import series_to_forecast
from keraseq.cli.labelled_data import series_data, text_data
from keraseq.cli.printing import with_error
from keraseq.cli.sequence_rows import words_of
from keraseq.cli.tables import read_table


@pytest.fixture
def written(tmp_path):
    """Write text, or bytes, as a file and return its path."""

    def write(content, name="mine.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return str(path)

    return write


def cells(path, *columns, **settings):
    return read_table(path, [("--col", column) for column in columns], **settings).cells


def table(tmp_path, **columns):
    """A table whose cells are these texts."""
    path = tmp_path / "mine.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return read_table(str(path), [])


def options(path, **given):
    names = "text target date series future static sep encoding"
    names += " quotes decimal dayfirst season freq header"
    made = {
        **dict.fromkeys(names.split()),
        "header": None,
        "seed": 0,
        "quick": False,
        "missing": "error",
    }
    return argparse.Namespace(**{**made, "data": path, **given})


# Labels and texts


WORDS = ["None", "NA", "null", "n/a", "nan", "NULL", "-", "True", "007", "1.0"]


def test_only_an_empty_cell_is_missing(written):
    rows = "".join(f"{word},{word}\n" for word in WORDS)
    read = cells(written(f"text,label\n{rows}"), "text", "label")
    assert read["label"].tolist() == WORDS
    assert read["text"].tolist() == WORDS


def test_a_class_called_none_is_kept_and_rows_left_out_are_told(written):
    labels = ["None", "Minor", "Major", ""] * 10
    rows = "".join(f"text {i},{label}\n" for i, label in enumerate(labels))
    path = written(f"damage,class\n{rows},Minor\n,\n")
    X, y, X_test, y_test, split = text_data(options(path, text="damage", target="class"))
    assert sorted(set(y)) == sorted(set(y_test)) == ["Major", "Minor", "None"]
    assert (len(X), len(X_test)) == (24, 6)
    # The last row holds nothing at all, and so is none.
    assert split.endswith(
        "left out 11 of 41 rows: damage is empty in row 42, class is empty in row 5 and 9 more"
    )


def test_a_column_empty_throughout(tmp_path):
    read = table(tmp_path, text=["a", "b"], label=["", ""])
    with pytest.raises(ValueError, match="label is empty in every row"):
        complete_rows(read, ["label"])


# Rows and header


@pytest.mark.parametrize("rows", ["a,1\nb,2\nc,3,\n", "a,1,\nb,2,\nc,3,\n", "a,1\nb,2,,,\n"])
def test_a_trailing_separator(written, rows):
    with pytest.raises(
        ValueError, match=r"row [234] has [35] cells, the header 2.*ends in a comma"
    ):
        cells(written(f"text,label\n{rows}"), "text", "label")


@pytest.mark.parametrize("header", ["text,label", "label,text"])
@pytest.mark.parametrize("rows", ["good, really,1\n", "good,1\ngood, really,1\n"])
def test_an_unquoted_comma(written, header, rows):
    with pytest.raises(ValueError, match=r"row [23] has 3 cells, the header 2.*must be quoted"):
        cells(written(f"{header}\n{rows}"), "text", "label")


def test_the_target_is_not_its_neighbour_where_all_rows_are_longer(written):
    """pandas takes the first column for an index, and reads temp for value."""
    path = written("date,value,temp\n2024-01-01,1,20,\n2024-01-02,2,21,\n")
    assert pd.read_csv(path)["value"].tolist() == [20, 21]
    with pytest.raises(ValueError, match="row 2 has 4 cells, the header 3"):
        cells(path, "date", "value")


def test_a_row_that_ends_before_a_column_asked_for(written):
    path = written("text,label,note\ngood,1,x\nbad\nfilm,0,y\n")
    with pytest.raises(ValueError, match="row 3 has 1 cells and so none for label"):
        cells(path, "text", "label")


def test_a_shorter_row_is_fine_where_it_lacks_nothing(written):
    read = cells(written("label,a,b,c\nup,1,2,3\ndown,1\n"), "label")
    assert read.loc[3].tolist() == ["down", "1", "", ""]


def test_quoted_line_breaks_separators_and_quotes(written):
    path = written('text,label\n"one\ntwo, ""three""",1\nfour,2\n')
    read = cells(path, "text", "label")
    assert read["text"].tolist() == ['one\ntwo, "three"', "four"]
    assert read.index.tolist() == [2, 3]


def test_blank_lines_are_no_rows_but_counted(written):
    read = cells(written("a,b\r\n\r\n1,2\r\n,\r\n3,4\r\n"), "a", "b")
    assert read.index.tolist() == [3, 5]


def test_texts_written_without_quoting(written):
    read = cells(written('text\tlabel\n"Great" film\t1\n"Bad\t0\n'), "text", "label")
    assert read["text"].tolist() == ['"Great" film', '"Bad']


def test_quotes_that_may_join_lines_are_asked_for(written):
    path = written('text\tlabel\n"Great\t1\nBad"\t0\nso\t1\n')
    with pytest.raises(
        ValueError, match=r"3 rows if quotes are part.*2 if.*--no-quotes or --quotes"
    ):
        cells(path, "text", "label")
    assert len(cells(path, "text", "label", quotes=False)) == 3
    assert cells(path, "text", "label", quotes=True)["text"].tolist() == ["Great\t1\nBad", "so"]


def test_a_file_broken_off_in_a_quoted_cell(written):
    with pytest.raises(ValueError, match="row 3 is broken off or quoted wrongly"):
        cells(written('text,label\ngood,1\n"bad, but\nnot'), "text", "label")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (codecs.BOM_UTF8, "is empty"),
        ("text,label\n", "a header and no rows"),
        ("text,label", "a header and no rows"),
        ("text,label\n,\n", "a header and no rows"),
    ],
)
def test_nothing_to_read(written, content, message):
    with pytest.raises(ValueError, match=message):
        cells(written(content), "text", "label")


def test_columns_of_one_name(written):
    path = written("label,value,value\na,1,2\n")
    with pytest.raises(ValueError, match="has 2 columns of that name"):
        cells(path, "value")
    assert cells(path, "label").shape == (1, 3)


def test_columns_asked_for(written):
    path = written(" review text ,Label\ngood, 1\n")
    assert cells(path, "review text", "Label").iloc[0].tolist() == ["good", "1"]
    with pytest.raises(
        ValueError, match=r"no such column; its first row has review text, Label\. Did you mean"
    ):
        cells(path, "label")
    with pytest.raises(ValueError, match="--col and --col both name the column Label"):
        cells(path, "Label", "Label")
    with pytest.raises(ValueError, match="review text, Label: say which with --col"):
        cells(path, None)


# Separator, encoding, packing


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_the_separator_is_found_by_the_columns_asked_for(written, sep):
    content = f'"a,b;c"{sep}text{sep}label\n"x{sep}y"{sep}"one, two; three|four"{sep}1\n'
    read = cells(written(content), "text", "label")
    assert read.iloc[0].tolist() == [f"x{sep}y", "one, two; three|four", "1"]


def test_decimal_commas_do_not_separate(written):
    """By commas, too, every row has as many cells as the header."""
    read = cells(written("day;a, b;value\n1;2;1,5\n2;3;2,5\n"), "day", "value")
    assert read["value"].tolist() == ["1,5", "2,5"]


def test_an_open_separator_is_asked_for(written):
    path = written("a;x;b,x,c\n1;2;3,4,5\n")
    with pytest.raises(ValueError, match="comma or semicolon: say which with --sep"):
        cells(path, "x")
    assert cells(path, "x", sep=",").columns.tolist() == ["a;x;b", "x", "c"]


@pytest.mark.parametrize("told", ["sep=;\n", '"sep=;"\r\n'])
def test_excels_line_that_tells_the_separator(written, told):
    assert cells(written(f"{told}a;b\n1;2\n"), "a", "b").iloc[0].tolist() == ["1", "2"]


@pytest.mark.parametrize(("given", "sep"), [("tab", "\t"), ("\\t", "\t"), ("~", "~"), (" ", " ")])
def test_a_given_separator(written, given, sep):
    assert cells(written(f"a{sep}b\n1{sep}2\n"), "b", sep=given)["b"].tolist() == ["2"]


def test_a_separator_of_several_letters(written):
    with pytest.raises(ValueError, match="must be one character"):
        cells(written("a,b\n1,2\n"), "a", sep="::")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_unicode_is_found(written, encoding):
    path = written("Wörter,Maß\nschön,gut\nnaïve,日本\n" * 20, encoding=encoding)
    read = cells(path, "Wörter", "Maß")
    assert read.iloc[:2].to_numpy().tolist() == [["schön", "gut"], ["naïve", "日本"]]


def test_other_encodings_are_asked_for_where_they_matter(written):
    path = written("text,label,ort\nsch\xf6n,1,K\xf6ln\nfine,2,Bonn\n", encoding="cp1252")
    with pytest.raises(ValueError, match=r"Row 2 of 'text' holds 'schön' in cp1252.*--encoding"):
        cells(path, "text", "label")
    assert cells(path, "text", encoding="latin-1")["text"].tolist() == ["schön", "fine"]
    assert cells(path, "label")["label"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("encoding", "message"), [("klingon", "not known"), ("utf-8", "line 2 has bytes")]
)
def test_a_wrong_encoding(written, encoding, message):
    path = written("text,label\nsch\xf6n,1\n", encoding="latin-1")
    with pytest.raises(ValueError, match=message):
        cells(path, "text", encoding=encoding)


@pytest.mark.parametrize(
    ("name", "pack"),
    [("a.csv.gz", gzip.compress), ("a.csv.bz2", bz2.compress), ("a.csv", lzma.compress)],
)
def test_packed_files(written, name, pack):
    packed = pack("a,b\n1,ä\n".encode())
    path = written(packed, name)
    assert is_table(path)
    assert cells(path, "b")["b"].tolist() == ["ä"]
    with pytest.raises(ValueError, match="damaged"):
        cells(written(packed[:20], name), "b")


def test_what_is_no_text(written):
    path = written(b"\x7fELF\x00\x04\x15\x10\x00\x15\x06", "mine.bin")
    assert is_table(path)
    with pytest.raises(ValueError, match="is no text; save it as CSV, Parquet or JSON lines"):
        cells(path, "a")
    path = written(b"PAR1\x15\x04\x15\x10\x00\x15\x06", "mine.parquet")
    with pytest.raises(ValueError, match="is no whole Parquet file"):
        cells(path, "a")


def test_a_sheet_of_excel(written):
    with pytest.raises(ValueError, match="save the sheet as CSV"):
        cells(written(b"PK\x03\x04..."), "a")


# Numbers


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", "-2", "+3"], [1, -2, 3]),
        (["1.5", "2", ".5", "2.", "1e3"], [1.5, 2, 0.5, 2, 1000]),
        (["1,5", "2", "1.234,5", "12.345.678,9"], [1.5, 2, 1234.5, 12345678.9]),
        (["1,234.5", "7"], [1234.5, 7]),
        (["1,234,567", "1,234"], [1234567, 1234]),
        (["1.234.567", "1.234"], [1234567, 1234]),
        (["12,345", "7,5"], [12.345, 7.5]),
        (["1 234,5", "1\u202f234\u202f567,5"], [1234.5, 1234567.5]),
        (["1'234.5", "1’234’567"], [1234.5, 1234567]),
        (["−4", "True", "false"], [-4, 1, 0]),
        (["1", "", "NA", "n/a", "NaN", "null", "2"], [1, *[np.nan] * 5, 2]),
        # In a file separated by commas a point is a point; and this is no group of thousands.
        (["1.234", "12.345"], [1.234, 12.345]),
        (["0,123"], [0.123]),
        (["1234,567"], [1234.567]),
    ],
)
def test_numbers_that_can_be_read_in_one_way(tmp_path, texts, values):
    read = table(tmp_path, x=texts, y=["a"] * len(texts))
    found = read_numbers(read, read.cells[["x"]])["x"]
    np.testing.assert_array_equal(found, np.array(values, dtype=float))


def test_the_columns_of_a_file_are_written_alike(tmp_path):
    read = table(tmp_path, a=["1,234", "2"], b=["0,5", "7"])
    assert read_numbers(read, read.cells).to_numpy().tolist() == [[1.234, 0.5], [2, 7]]


@pytest.mark.parametrize(("text", "sep"), [("1,234", ","), ("1.234", ";"), ("1,234", ";")])
def test_an_open_decimal_mark_is_asked_for(written, text, sep):
    read = read_table(written(f'a{sep}b\n"{text}"{sep}2\n'), [("--col", "a")])
    with pytest.raises(ValueError, match=f"row 2 holds '{text}' in a, which is .* --decimal"):
        read_numbers(read, read.cells)
    mark, other = text[1], {",": ".", ".": ","}[text[1]]
    assert read_numbers(read, read.cells, decimal=mark)["a"].tolist() == [1.234]
    assert read_numbers(read, read.cells, decimal=other)["a"].tolist() == [1234]


@pytest.mark.parametrize("text", ["abc", "12 %", "1,23,4", "1_000", "inf", "0x1", "1.5.2", "€ 5"])
def test_what_is_no_number_is_named_with_its_row(tmp_path, text):
    read = table(tmp_path, x=["1.5", "2.5", text, "3.5"])
    with pytest.raises(ValueError, match="column x holds no numbers throughout: row 4 has"):
        read_numbers(read, read.cells)


def test_a_second_decimal_mark_is_named(tmp_path):
    read = table(tmp_path, x=["1.5", "2.5", "3,5"])
    with pytest.raises(ValueError, match=r"row 4 has '3,5' \(the decimal mark is a point\)"):
        read_numbers(read, read.cells)


# Dates


@pytest.mark.parametrize(
    ("texts", "dates"),
    [
        (["2024-01-31", "2024-02-01"], ["2024-01-31", "2024-02-01"]),
        (["2024/1/31", "2024/2/1"], ["2024-01-31", "2024-02-01"]),
        (["01.02.2024", "13.02.2024"], ["2024-02-01", "2024-02-13"]),
        (["01/02/2024", "01/13/2024"], ["2024-01-02", "2024-01-13"]),
        (["01/01/2024", "02/02/2024"], ["2024-01-01", "2024-02-02"]),
        (["1/31/24", "2/1/24"], ["2024-01-31", "2024-02-01"]),
        (["31.01.2024 13:30", "01.02.2024 13:30"], ["2024-01-31 13:30", "2024-02-01 13:30"]),
        (["1/31/2024 1:30 PM", "2/1/2024 12:30 AM"], ["2024-01-31 13:30", "2024-02-01 00:30"]),
        (["20240131", "20240201"], ["2024-01-31", "2024-02-01"]),
        (["202401", "202402"], ["2024-01-01", "2024-02-01"]),
        (["2024-01", "2024-02"], ["2024-01-01", "2024-02-01"]),
        (["1/2024", "12/2024"], ["2024-01-01", "2024-12-01"]),
        (["2024Q1", "2024-q2"], ["2024-01-01", "2024-04-01"]),
        (["Jan 2024", "Feb 2024"], ["2024-01-01", "2024-02-01"]),
        (["31 January 2024", "1-Feb-2024"], ["2024-01-31", "2024-02-01"]),
        (["2024-01-01", "2024-01-01 12:00"], ["2024-01-01", "2024-01-01 12:00"]),
        (["2024-01-01T00:00Z", "2024-01-02T00:00Z"], ["2024-01-01", "2024-01-02"]),
    ],
)
def test_dates_that_can_be_read_in_one_way(tmp_path, texts, dates):
    found = read_dates(table(tmp_path, d=texts), "d")
    assert list(found) == [pd.Timestamp(date) for date in dates]


@pytest.mark.parametrize("texts", [["1900", "1901"], ["0", "1"], ["-1", "7"], ["20241301", "1"]])
def test_whole_numbers_are_years_or_steps(tmp_path, texts):
    assert list(read_dates(table(tmp_path, d=texts), "d")) == [int(text) for text in texts]


@pytest.mark.parametrize("sep", ["/", ".", "-"])
def test_days_below_13_are_asked_for(tmp_path, sep):
    read = table(tmp_path, d=[f"01{sep}02{sep}2024", f"01{sep}03{sep}2024"])
    with pytest.raises(
        ValueError, match=r"01 February 2024 or 02 January 2024.*--dayfirst or --no"
    ):
        read_dates(read, "d")
    first, second = read_dates(read, "d", dayfirst=True)
    assert (first, second) == (pd.Timestamp("2024-02-01"), pd.Timestamp("2024-03-01"))
    assert read_dates(read, "d", dayfirst=False)[1] == pd.Timestamp("2024-01-03")


def test_two_digits_of_a_year_may_be_a_day(tmp_path):
    read = table(tmp_path, d=["31.01.24", "01.02.24"])
    with pytest.raises(ValueError, match="31 January 2024 or 24 January 2031"):
        read_dates(read, "d")
    assert read_dates(read, "d", dayfirst=True)[0] == pd.Timestamp("2024-01-31")


def test_dayfirst_leaves_iso_dates_alone(tmp_path):
    found = read_dates(table(tmp_path, d=["2024-02-01"]), "d", dayfirst=True)
    assert found[0] == pd.Timestamp("2024-02-01")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_hours_with_changing_offsets_are_one_time_line(tmp_path, zone):
    hours = pd.date_range("2024-01-01", "2024-12-31", freq="h", tz=zone)
    found = read_dates(table(tmp_path, d=[hour.isoformat() for hour in hours]), "d")
    assert (found == hours.tz_convert("UTC")).all()


def test_days_with_changing_offsets_stay_days(tmp_path):
    days = pd.date_range("2024-01-01", periods=366, tz="Europe/Berlin")
    found = read_dates(table(tmp_path, d=[day.isoformat() for day in days]), "d")
    assert (found == pd.date_range("2024-01-01", periods=366)).all()


@pytest.mark.parametrize(
    ("texts", "row"),
    [
        (["2024-01-31", "2024-02-01", "01.03.2024"], 4),
        (["2024-01-31", "2024-02-30"], 3),
        (["2024-01-01T00:00Z", "2024-01-02T00:00"], 3),
        (["31.01.2024", "01/31/2024"], 3),
        (["13/01/2024", "01/13/2024"], 3),
        (["Jan-24", "Feb-24"], 2),
        (["1958.2027", "1958.2877"], 2),
        (["12:00", "13:00"], 2),
        (["a", "b"], 2),
    ],
)
def test_what_is_no_date_is_named_with_its_row(tmp_path, texts, row):
    with pytest.raises(ValueError, match=f"does not hold dates throughout: row {row} has") as error:
        read_dates(table(tmp_path, d=texts), "d")
    assert ("unlike row 2" in str(error.value)) == (row > 2)


def test_an_empty_date_is_named(tmp_path):
    with pytest.raises(ValueError, match="--date d is empty in row 3"):
        read_dates(table(tmp_path, d=["2024-01-01", "", "2024-01-03"], x=[1, 2, 3]), "d")


# Series with classes


def test_the_number_of_each_row_is_no_step(written):
    rows = "".join(f"{i},{'ab'[i % 2]},{i * 0.5},1\n" for i in range(20))
    path = written(f",label,s1,s2\n{rows}")
    X, *_, split = series_data(options(path, target="label"))
    assert X.shape == (16, 2)
    assert "left out the first column (''), which counts the rows" in split


def test_series_of_a_german_sheet(written):
    rows = "".join(f"{'ab'[i % 2]};{i},5;1.234,5;;\n" for i in range(20))
    X, *_ = series_data(options(written(f"Art;s1;s2;s3;\n{rows}"), target="Art"))
    assert X.shape == (16, 3)
    assert set(X[:, 1]) == {1234.5}
    assert np.isnan(X[:, 2]).all()


def test_a_step_missing_inside_is_named_by_the_row_of_the_file(written):
    rows = "".join(f"{'ab'[i % 2]},{i},1,\n" for i in range(20))
    path = written(f"label,s1,s2,s3\n{rows}b,7,,3\n")
    with pytest.raises(ValueError, match="row 22 has no number for 's2', though steps follow"):
        series_data(options(path, target="label"))


def test_a_file_without_steps(written):
    path = written("label\n" + "a\nb\n" * 10)
    with pytest.raises(ValueError, match="no column beside --target"):
        series_data(options(path, target="label"))


def test_texts_in_training_and_test_are_told(written):
    path = written("text,label\n" + "good,a\nbad,b\n" * 10)
    *_, split = text_data(options(path, text="text", target="label"))
    assert split.endswith("4 of the test rows are training rows too")


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"] * 10, "1 value in 10 rows"),
        (["a"] * 9 + ["b"], r"rarest \('b'\) in 1"),
        (range(30), "30 different values.*SequenceRegressor"),
    ],
)
def test_labels_that_are_no_classes(tmp_path, labels, message):
    path = table(tmp_path, label=labels, x=[1.5] * len(labels)).path
    with pytest.raises(ValueError, match=message):
        series_data(options(path, target="label"))


# Series to forecast


SHOPS = pd.DataFrame(
    {
        "day": np.repeat(pd.date_range("2024-01-01", periods=50).astype(str), 4),
        "shop": ["01", "1", "NA", "x y"] * 50,
        "city": ["Ulm", "Bonn", "Ulm", "Bonn"] * 50,
        "promo": [True, False] * 100,
        "sold": [i**2 for i in range(200)],
    }
)
COLUMNS = {"date": "day", "target": "sold"}


def shops(tmp_path, frame=SHOPS, **given):
    path = tmp_path / "shops.csv"
    frame.to_csv(path, index=False)
    return series_to_forecast(options(str(path), **{**COLUMNS, **given}), horizon=5)


def test_four_shops_are_told_of_series(tmp_path):
    with pytest.raises(ValueError) as error:
        shops(tmp_path)
    assert "'2024-01-01' is in row 2 and 3" in str(error.value)
    assert "--series, such as --series 'shop'" in str(error.value)
    assert "duplicated" not in str(error.value)


def test_the_season_is_that_of_the_longest_series(tmp_path):
    day = np.arange(200) // 4  # from a Monday on
    # The first shop is known of five weeks' working days alone.
    is_seen = (SHOPS["shop"] != "01") | ((day < 35) & (day % 7 < 5))
    assert shops(tmp_path, SHOPS[is_seen], series=["shop"]).season == 7


def test_many_series(tmp_path):
    frame = SHOPS.sample(frac=1, random_state=0)
    data = shops(tmp_path, frame, series=["shop"], future=["promo"], static=["city"])
    assert sorted(data.starts) == ["01", "1", "NA", "x y"]
    assert set(data.starts.values()) == {40}
    assert data.season == 7
    assert data.n_windows(5) == 4 * 6
    rows = dict(data.each())["1"]
    assert rows["sold"].tolist() == [i**2 for i in range(1, 200, 4)]
    assert rows["promo"].tolist() == [0] * 50
    assert data.static.set_index("shop")["city"].to_dict() == {
        "01": "Ulm", "1": "Bonn", "NA": "Ulm", "x y": "Bonn",
    }  # fmt: skip
    assert len(data.training()) == 160


def test_a_date_twice_in_one_series(tmp_path):
    frame = pd.concat([SHOPS, SHOPS.iloc[[5]]])
    with pytest.raises(ValueError, match="'2024-01-02' is in row 7 and 202, both of shop '1'"):
        shops(tmp_path, frame, series=["shop"])


def test_days_to_come_and_before_the_first_are_left_out(tmp_path):
    frame = SHOPS.astype({"sold": object})
    frame.loc[frame.index[-8:], "sold"] = ""
    frame.loc[[0, 4], "sold"] = ""
    data = shops(tmp_path, frame, series=["shop"])
    assert "left out 10 rows before the first or after the last sold" in data.split
    assert [len(rows) for _, rows in data.each()] == [46, 48, 48, 48]


def test_the_border_is_one_date_though_series_begin_at_others(tmp_path):
    frame = SHOPS[(SHOPS["shop"] != "1") | (SHOPS["day"] >= "2024-01-21")]
    data = shops(tmp_path, frame, series=["shop"])
    assert data.starts == {"01": 40, "NA": 40, "x y": 40, "1": 20}
    assert "the last fifth of the dates as test, after 2024-02-09" in data.split


def test_a_gap_is_a_row_without_a_value(tmp_path):
    frame = SHOPS[(SHOPS["shop"] != "1") | (SHOPS["day"] != "2024-01-21")]
    with pytest.raises(ValueError, match="--target sold of shop '1' has no row for 2024-01-21"):
        shops(tmp_path, frame, series=["shop"])
    data = shops(tmp_path, frame, series=["shop"], missing="interpolate")
    rows = dict(data.each())["1"]
    assert len(rows) == 50
    assert rows.index[rows["sold"].isna()].size == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"static": ["city"]}, "needs --series"),
        ({"series": ["shop"], "static": ["promo", "sold"]}, "--target and --static"),
        ({"series": ["shop"], "static": ["tick"]}, "changes within shop '01'"),
        (
            {"series": ["shop"], "future": ["city"]},
            "city holds no numbers.*row 2 has 'Ulm'",
        ),
        ({"series": ["shop"], "season": 90}, "--season 90 is more than the 40 rows"),
        ({"series": ["store"]}, "--series store: .* no such column"),
    ],
)
def test_mistakes_with_many_series(tmp_path, given, message):
    with pytest.raises(ValueError, match=message):
        shops(tmp_path, SHOPS.assign(tick=range(200)), **given)


def test_several_columns_make_one_name(tmp_path):
    frame = SHOPS.assign(shop=["A", "A", "B", "B"] * 50, item=["x", "y"] * 100)
    with pytest.raises(ValueError, match=r"both of shop 'A'.*a further column with --series"):
        shops(tmp_path, frame, series=["shop"])
    data = shops(tmp_path, frame, series=["shop", "item"], static=["city"])
    assert list(data.starts) == ["A / x", "A / y", "B / x", "B / y"]
    assert data.static["shop / item"].tolist() == list(data.starts)


def test_a_series_too_short_to_test_is_named(tmp_path):
    frame = SHOPS[(SHOPS["shop"] != "1") | (SHOPS["day"] <= "2024-01-09")]
    with pytest.raises(ValueError, match="sold of shop '1' has 9 rows, too few"):
        shops(tmp_path, frame, series=["shop"])


def test_many_series_without_a_mase(tmp_path):
    with pytest.raises(ValueError, match="repeats itself exactly every 7 steps"):
        shops(tmp_path, SHOPS.assign(sold=1.5), series=["shop"])


# What is printed


@pytest.mark.parametrize(
    ("score", "n", "said"),
    # By hand: (2 + 0.5) / 3 = 5/6, and sqrt(5/36 / 3) = 0.215.
    [(1.0, 2, "1.000 ± 0.215"), (0.5, 99, "0.500 ± 0.050"), (0.98, 10_000, "0.980 ± 0.001")],
)
def test_a_perfect_score_on_few_rows_has_an_error(score, n, said):
    assert with_error(score, n) == said


def test_the_packages_arguments_are_the_recipes_options():
    known = {"missing": None, "date": None}
    said = in_options("use missing='ignore', or missing= with date=; not freq='B'", known)
    assert said == "use --missing ignore, or --missing with --date; not freq='B'"


@pytest.mark.parametrize(
    ("argument", "option"),
    [
        ("parameter_budget=10 is too small", "--budget 10 is too small"),
        ("season=-1.", "--season -1."),
        ("model='gru,lstm' is", "--model gru,lstm is"),
        ("model='my model' is", "--model 'my model' is"),
    ],
)
def test_values_are_as_a_shell_takes_them(argument, option):
    assert in_options(argument, {"budget", "season", "model"}) == option


def test_texts_in_brackets_are_no_lists():
    said = pd.Series(["[laughs] at [us]", "", "[sighs]"], index=[2, 3, 4])
    assert words_of(said) == [["[laughs]", "at", "[us]"], [], ["[sighs]"]]
    lists = pd.Series(['["a", "b"]', "", "[]"], index=[2, 3, 4])
    assert words_of(lists) == [["a", "b"], "", []]
    lists[4] = "[c]"
    with pytest.raises(ValueError, match=r"Row 4 holds '\[c\]', which is no whole list"):
        words_of(lists)

"""The program `keraseq`, called in this process as from a shell."""

import io
import json
import subprocess
import sys
import types

import numpy as np
import pandas as pd
import pytest

import keraseq
from keraseq.cli.answers import answers_of
from keraseq.cli.program import COMMANDS, main, make_parser
from keraseq.cli.table_columns import TableColumns

GOOD, BAD = ["good", "fine", "lovely", "great"], ["bad", "dull", "poor", "awful"]
REVIEWS = pd.DataFrame(
    {
        "id": range(1000, 1040),
        "review": [f'a "{(GOOD, BAD)[i % 2][i // 2 % 4]}" film,\nreally' for i in range(40)],
        "stars": [5, 1] * 20,
    }
)
QUICK = ["--epochs", 1, "--set", "units=4"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("program")


@pytest.fixture(scope="module")
def reviews(folder):
    """A table of reviews, and a model that was fitted on it."""
    REVIEWS.to_csv(folder / "reviews.csv", index=False, sep=";", encoding="utf-16")
    main(
        f"fit {folder}/reviews.csv --target stars --text review --model gru --epochs 1 "
        f"--set units=4 -o {folder}/stars.keraseq".split()
    )
    return folder / "stars.keraseq"


def test_a_model_fitted_on_a_file_predicts_as_one_fitted_in_python(reviews, folder, call):
    clf = keraseq.SequenceClassifier("gru", epochs=1, units=4, random_state=0)
    clf.fit(REVIEWS["review"].to_list(), REVIEWS["stars"].astype(str))
    status, out, err = call("predict", reviews, folder / "reviews.csv", "--proba", "--keep", "id")
    assert (status, err) == (0, "")
    read = pd.read_csv(io.StringIO(out))
    assert list(read) == ["id", "stars", "P(1)", "P(5)"]
    assert read["id"].tolist() == REVIEWS["id"].tolist()
    assert read["stars"].tolist() == clf.predict(REVIEWS["review"].to_list()).astype(int).tolist()
    np.testing.assert_array_equal(
        read[["P(1)", "P(5)"]].to_numpy(np.float32), clf.predict_proba(REVIEWS["review"].to_list())
    )


def test_new_rows_may_look_otherwise(reviews, folder, call):
    """Another format, order of columns, more columns, rows without a text, standard input."""
    new = REVIEWS[["stars", "review"]].assign(more="x")
    new.loc[3, "review"] = None
    answers = {}
    for name, data in {
        "jsonl": new.to_json(orient="records", lines=True).encode(),
        "tsv": new.to_csv(index=False, sep="\t").encode("utf-8-sig"),
    }.items():
        status, out, err = call("predict", reviews, "-", stdin=data)
        assert status == 0
        assert "1 rows hold nothing to read; their answers are empty" in err
        answers[name] = out.splitlines()
    new.to_parquet(folder / "new.parquet")
    assert call("predict", reviews, folder / "new.parquet", "-o", folder / "out.jsonl")[0] == 0
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    assert answers["jsonl"] == answers["tsv"]
    assert [row["stars"] or '""' for row in rows] == answers["tsv"][1:]
    assert rows[3]["stars"] is None


@pytest.mark.parametrize("labels", [[7, 8], [True, False], [[1, 0], [0, 1]]])
def test_labels_are_written_the_same_beside_an_empty_row(labels):
    """Those of a model that was fitted in Python may be numbers; 7 is not 7.0."""
    labels = np.array(labels)
    estimator = types.SimpleNamespace(predict=lambda X: labels)
    frame = answers_of(
        types.SimpleNamespace(estimator=estimator, columns=None),
        ["a", "", "b"],
        np.array([False, True, False]),
        pd.RangeIndex(3),
    )
    first, empty, second = frame.to_csv(index=False).splitlines()[1:]
    assert [first, second] == [",".join(map(str, np.atleast_1d(label))) for label in labels]
    assert not empty.strip(',"')


def test_a_file_is_read_a_chunk_at_a_time(reviews, folder, call, monkeypatch):
    from keraseq.cli import fitted

    whole = call("predict", reviews, folder / "reviews.csv")[1]
    monkeypatch.setattr(fitted, "_CHUNK", 7)
    assert call("predict", reviews, folder / "reviews.csv")[1] == whole
    for ending in ("csv", "parquet"):
        call("predict", reviews, folder / "reviews.csv", "-o", folder / f"chunks.{ending}")
    assert (folder / "chunks.csv").read_text() == whole
    read = pd.read_parquet(folder / "chunks.parquet")
    assert read["stars"].tolist() == whole.split()[1:]


def test_what_the_file_of_a_model_remembers(reviews, call):
    artifact = keraseq.inspect(reviews)
    assert artifact.facts["table"] == {"target": ["stars"], "text": ["review"]}
    status, out, _ = call("inspect", reviews)
    assert status == 0
    assert "reads       target stars; text review" in out
    assert "no test rows were given" in call("inspect", reviews, "--card")[1]
    assert json.loads(call("inspect", reviews, "--json")[1])["facts"]["model"] == "gru"
    made = TableColumns(target=("a",), steps=("x", "y"), ragged=True, dayfirst=False)
    assert TableColumns.from_dict(json.loads(json.dumps(made.to_dict()))) == made


@pytest.mark.parametrize(
    "strange",
    [[], {"text": "review"}, {"text": [1]}, {"sep": ","}, {"ragged": 1}, {"decimal": ";"}],
)
def test_columns_of_a_strangers_file_are_checked(strange):
    with pytest.raises(ValueError, match="What the file says of its table"):
        TableColumns.from_dict(strange)


def test_evaluate_says_what_a_score_is_of(reviews, folder, call):
    status, out, _ = call("evaluate", reviews, folder / "reviews.csv")
    assert (status, out.strip()) == (
        0,
        "None: the rows given are those that it was trained on.",
    )
    REVIEWS.iloc[:10].to_csv(folder / "test.csv", index=False)
    status, out, _ = call("evaluate", reviews, folder / "test.csv", "--card", folder / "card.md")
    assert status == 0
    assert "on 10 rows" in out and "95% interval" in out and "precision" in out
    assert "on 10 rows" in (folder / "card.md").read_text()


def test_series_a_row_with_unequal_lengths_and_a_number_to_predict(folder, call):
    random = np.random.default_rng(0)
    table = pd.DataFrame(random.normal(size=(40, 5)).round(3), columns=list("abcde"))
    table.loc[::2, "e"] = np.nan
    table.insert(2, "y", table.sum(axis=1) + 0.25)
    table.to_csv(folder / "wide.csv", index=False, sep=";", decimal=",")
    saved = folder / "wide.keraseq"
    status, _, err = call(
        "fit", folder / "wide.csv", "--target", "y", "--model", "fcn", *QUICK, "-o", saved
    )
    assert status == 0
    assert "task regression" in err
    assert keraseq.inspect(saved).facts["table"] == {
        "target": ["y"], "steps": list("abcde"), "ragged": True, "decimal": ",",
    }  # fmt: skip
    first = call("predict", saved, folder / "wide.csv")[1]
    # In another order and writing, and where all series are short.
    table[list("edcba")].to_csv(folder / "turned.csv", index=False)
    assert call("predict", saved, folder / "turned.csv")[1] == first
    status, out, err = call("predict", saved, "-", stdin=b"a,b,other\n1,2,3\n")
    assert (status, len(out.splitlines())) == (0, 2), err
    assert "the model does not read other" in err
    status, _, err = call("predict", saved, "-", stdin=b"a,c\n1,2\n")
    assert status == 1 and "the model reads b" in err
    status, _, err = call("predict", saved, "-", stdin=b"a,b\n1,2\n1,x\n")
    assert status == 1 and "column b holds no numbers throughout: row 3 has 'x'" in err


def test_lists_of_words_and_their_tags(folder, call):
    rows = [{"words": ["the", "cat"], "tags": ["DET", "NOUN"]}] * 6
    rows += [{"words": ["a", "dog", "barks"], "tags": ["DET", "NOUN", "VERB"]}] * 6
    lines = "\n".join(map(json.dumps, rows)).encode()
    saved = folder / "tags.keraseq"
    given = ["--target", "tags", "--text", "words", "--model", "gru", *QUICK, "-o", saved]
    status, _, err = call("fit", "-", *given, stdin=lines)
    assert status == 0 and "task tagging" in err
    # Lists, and words between blanks.
    listed = call("predict", saved, "-", stdin=lines)[1].splitlines()
    assert [len(row.split()) for row in listed[1:]] == [2] * 6 + [3] * 6
    plain = call("predict", saved, "-", stdin=b"words\nthe cat\na dog barks\n")
    assert plain[0] == 0
    assert plain[1].splitlines()[1:] == [listed[1], listed[7]]


def test_labels_that_may_all_be_right(folder, call):
    table = pd.DataFrame({"text": [*GOOD, *BAD], "good": [1] * 4 + [0] * 4, "short": [0, 1] * 4})
    table.to_csv(folder / "many.csv", index=False)
    saved = folder / "many.keraseq"
    given = ["--target", "good,short", "--model", "text_cnn", *QUICK, "-o", saved]
    status, _, err = call("fit", folder / "many.csv", *given)
    assert status == 0 and "task multilabel" in err and "text holds the texts" in err
    out = call("predict", saved, folder / "many.csv", "--proba")[1]
    assert out.splitlines()[0] == "good,short,P(good),P(short)"


@pytest.fixture(scope="module")
def sales(folder):
    """Two shops, a model that was fitted on them, and what is known ahead."""
    days = pd.date_range("2024-01-01", periods=60)
    shops = [
        pd.DataFrame(
            {
                "tag": days,
                "shop": name,
                "promo": np.arange(60) % 2,
                "sold": np.arange(60) % 7 + np.arange(60) % 5 + k,
            }
        )
        for k, name in enumerate("AB")
    ]
    frame = pd.concat(shops)
    plan = frame[frame["tag"] < "2024-01-04"].drop(columns="sold")
    plan["tag"] += pd.Timedelta(days=60)
    # With the days to come below, as people keep it.
    both = pd.concat([frame, plan])
    both["tag"] = both["tag"].dt.strftime("%d.%m.%Y")
    both.to_csv(folder / "sales.csv", index=False)
    plan.to_csv(folder / "plan.csv", index=False)
    main(
        f"fit {folder}/sales.csv --date tag --series shop --target sold --future promo --horizon 3 "
        f"--lookback 14 --model gru --epochs 1 --set units=4 -o {folder}/sales.keraseq".split()
    )
    return folder / "sales.keraseq"


def test_forecasts_of_several_series(sales, folder, call):
    table = keraseq.inspect(sales).facts["table"]
    assert table == {
        "target": ["sold"], "date": "tag", "series": ["shop"], "future": ["promo"],
        "decimal": ".", "dayfirst": True,
    }  # fmt: skip
    status, out, _ = call("predict", sales, folder / "plan.csv", "--interval", ".8")
    assert status == 0
    ahead = pd.read_csv(io.StringIO(out))
    assert list(ahead) == ["shop", "tag", "sold", "sold lower", "sold upper"]
    assert ahead["tag"].tolist() == ["2024-03-01", "2024-03-02", "2024-03-03"] * 2
    assert (ahead["sold lower"] <= ahead["sold upper"]).all()
    # A history that ends in the days to come.
    again = pd.read_csv(io.StringIO(call("predict", sales, folder / "sales.csv")[1]))
    pd.testing.assert_frame_equal(again, ahead[["shop", "tag", "sold"]])
    status, _, err = call("predict", sales)
    assert status == 1 and "--future" in err


def test_where_a_backtest_starts_must_be_found(sales, folder, call):
    status, _, err = call("backtest", sales, folder / "sales.csv", "--start", "soon")
    assert status == 2 and "--start soon is no date" in err


def test_backtest_beside_naive_forecasts(sales, folder, call):
    out = folder / "forecasts.csv"
    status, said, _ = call("backtest", sales, folder / "sales.csv", "--start", ".9", "-o", out)
    assert status == 0 and "seasonal_naive" in said
    assert set(pd.read_csv(out)["model"]) == {"gru", "naive", "seasonal_naive", "drift"}
    status, said, err = call("evaluate", sales, folder / "sales.csv")
    assert (status, "None: the rows given" in said) == (0, True), err
    assert "keraseq backtest" in said


def test_auto_compares_a_few_on_the_training_rows(folder, call, monkeypatch):
    from keraseq.cli import choice

    monkeypatch.setattr(choice, "_OF_TEXTS", ["gru", "text_cnn"])
    monkeypatch.setattr(choice, "_RUNS", 1)
    REVIEWS.to_csv(folder / "auto.csv", index=False)
    given = ["--target", "stars", "--text", "review", *QUICK, "-o", folder / "auto.keraseq"]
    status, _, err = call("fit", folder / "auto.csv", *given)
    assert status == 0
    assert "compares gru, text_cnn on the training rows" in err
    assert "majority class" in err
    assert keraseq.inspect(folder / "auto.keraseq").facts["model"] in ("gru", "text_cnn")


def test_auto_takes_the_default_where_too_few_rows_tell(folder, call, monkeypatch):
    from keraseq.cli import choice

    # A fifth of them is one, which leaves R² nothing to explain.
    data = b"a,b,y\n1.5,2,3.5\n2,3,4\n3,1,5.25\n4,5,6\n5,6,7.5\n"
    monkeypatch.setattr(choice, "_OF_NUMBERS", ["gru"])
    given = ["--target", "y", "--task", "regression", *QUICK, "-o", folder / "few.keraseq"]
    status, _, err = call("fit", "-", *given, stdin=data)
    assert status == 0, err
    assert "no fit has a score" in err and "one target" in err and "took gru" in err


def test_compare_writes_a_table_and_a_report(folder, call):
    REVIEWS.to_csv(folder / "compared.csv", index=False)
    given = ["--target", "stars", "--text", "review", "--models", "gru,text_cnn", "--runs", 1]
    report = folder / "report.html"
    status, out, _ = call("compare", folder / "compared.csv", *given, *QUICK, "--report", report)
    assert status == 0
    assert "accuracy" in out and "text_cnn" in out and "With one run" in out
    assert report.read_text(encoding="utf-8").startswith("<!")


def test_series_that_share_few_dates_are_not_compared(folder, call):
    lines = ["shop,day,sold"]
    for shop, start in (("A", "2024-01-01"), ("B", "2024-03-01")):
        days = pd.date_range(start, periods=62).strftime("%Y-%m-%d")
        lines += [f"{shop},{day},{place % 7}" for place, day in enumerate(days)]
    given = ["--date", "day", "--series", "shop", "--target", "sold", "--horizon", 3]
    data = "\n".join(lines).encode()
    status, out, err = call("compare", "-", *given, "--models", "gru,dlinear", stdin=data)
    assert (status, out) == (1, "")
    assert "all series share 2 of 122 dates" in err and "keraseq backtest" in err


def test_the_zoo_without_keras():
    code = (
        "import sys; from keraseq.cli.program import main; main(['list', '--family', 'attention']);"
        "print(*{'tensorflow', 'keras', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *models, loaded = done.stdout.splitlines()
    assert [line.split()[0] for line in models] == keraseq.list_models(family="attention")
    assert loaded == ""


def test_headers_are_what_the_registry_has():
    from keraseq.cli.zoo_headers import known_headers
    from keraseq.models import find_model

    for name, about in known_headers().items():
        spec = find_model(name)
        for key in ("title", "authors", "year", "paper", "family"):
            assert about[key] == getattr(spec, key), (name, key)


def test_facts_and_versions(call):
    status, out, _ = call("info", "lstm")
    assert status == 0 and "Hochreiter" in out and "33,410 by default" in out
    out = call("list", "*lstm*", "--task", "tagging")[1]
    assert "bilstm" in out and "gru" not in out
    assert "tensorflow" in call("doctor")[1]
    assert "keraseq" in call("completion", "bash")[1]
    assert call("--version")[1].startswith("keraseq ")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_its_options_in_words(command, call):
    status, out, _ = call(command, "--help")
    assert status == 0
    _, _, options = out.partition("options:")
    assert command in COMMANDS and "show where an error arose" in options


USAGE = [
    ([], "COMMAND"),
    (["frobnicate"], "invalid choice"),
    (["fit", "CSV", "-o", "m.keraseq"], "--target"),
    (["fit", "CSV", "--target", "y", "-o", "m.onnx"], "must end in .keraseq"),
    (["fit", "CSV", "--target", "y", "--model", "lstn", "-o", "m.keraseq"], "Did you mean 'lstm'"),
    (["fit", "CSV", "--target", "y", "--task", "tags", "-o", "m.keraseq"], "--task 'tags'"),
    (["fit", "CSV", "--target", "y", "--date", "d", "-o", "m.keraseq"], "say --horizon"),
    (["fit", "CSV", "--target", "y", "--horizon", 3, "-o", "m.keraseq"], "need --date"),
    (["fit", "CSV", "--target", "y", "--set", "unit=3", "-o", "m.keraseq"], "Did you mean 'units'"),
    (["fit", "CSV", "--target", "y", "--set", "model=gru", "-o", "m.keraseq"], "what --model says"),
    (["compare", "CSV", "--target", "y", "--set", "model=gru", "--models", "gru"], "--models says"),
    (["fit", "CSV", "--target", "y", "--set", "random_state=1", "-o", "m.keraseq"], "--seed says"),
    (["fit", "CSV", "--target", "y", "--set", "callbacks=x", "-o", "m.keraseq"], "Python code"),
    (["predict", "MODEL"], "give the file"),
    (["predict", "MODEL", "CSV", "--steps", 3], "--steps is for forecasts"),
    (["predict", "MODEL", "CSV", "-o", "out.txt"], "must end in .csv"),
    (["backtest", "MODEL", "CSV"], "makes no forecasts"),
    (["list", "--family", "recurent"], "Did you mean 'recurrent'"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_a_mistake_in_the_command_line_is_status_2(arguments, message, reviews, folder, call):
    (folder / "y.csv").write_text("text,y\ngood,a\nbad,b\n")
    places = {"CSV": folder / "y.csv", "MODEL": reviews}
    status, out, err = call(*(places.get(argument, argument) for argument in arguments))
    assert status == 2, err
    assert message in err
    assert (out, "Traceback" in err) == ("", False)


FAILS = [
    (["fit", "nowhere.csv", "--target", "y", "-o", "OUT"], b"", "no such file"),
    (["fit", "-", "--target", "stars", "-o", "OUT"], b"", "- is empty"),
    (["fit", "-", "--target", "stars", "-o", "OUT"], b"text,star\na,b\n", "Did you mean 'star'"),
    (["fit", "-", "--target", "a", "--text", "a", "-o", "OUT"], b"a,b\n1,2\n", "both name the"),
    (["fit", "-", "--target", "b", "--text", "a", "-o", "OUT"], b"a,b\n1,2\n", "holds numbers"),
    (["fit", "-", "--target", "b", "-o", "OUT"], b"a,b\nx,\n,y\n", "no row with both"),
    (
        ["fit", "-", "--target", "t", "--text", "a,b", "--task", "tagging", "-o", "OUT"],
        b"a,b,t\nx y,z q,N V\n",
        "are of one column",
    ),
    (
        ["fit", "-", "--target", "b", "-o", "OUT"],
        b"a,a,b\n7,8,p\n9,9,q\n",
        "2 columns of the name 'a'",
    ),
    (["fit", "-", "--target", "b", "-o", "OUT"], b"a\xf6,b\n7,p\n9,q\n", "with --encoding"),
    (["fit", "-", "--target", "b", "-o", "OUT"], b"a,b\n\xf6,p\nx,q\n", "with --encoding"),
    (["fit", "-", "--target", "c", "-o", "OUT"], b"a,b,c\n7,x,p\n9,y,q\n", "with --ignore"),
    (["fit", "-", "--target", "b", "-o", "nowhere/m.keraseq"], b"a,b\n", "no such folder"),
    (["predict", "MODEL", "-"], b"text,b\nx,y\n", "the model reads review"),
    (["predict", "MODEL", "-"], b"review\n", "a header and no rows"),
    (["predict", "MODEL", "-", "--keep", "x"], b"review\ngood\n", "--keep x"),
    (["predict", "CSV", "-"], b"review\ngood\n", "no whole artifact"),
    (["inspect", "CSV"], b"", "no whole artifact"),
    (["predict", "MODEL", "FOLDER"], b"", "is a folder"),
]


@pytest.mark.parametrize(("arguments", "stdin", "message"), FAILS)
def test_what_cannot_be_done_is_a_line_and_status_1(
    arguments, stdin, message, reviews, folder, call
):
    out_file = folder / "fails.keraseq"
    places = {"CSV": folder / "reviews.csv", "MODEL": reviews, "OUT": out_file, "FOLDER": folder}
    given = [places.get(argument, argument) for argument in arguments]
    status, out, err = call(*given, stdin=stdin)
    assert status == 1, err
    assert message in err
    assert (out, "Traceback" in err, out_file.exists()) == ("", False, False)


@pytest.mark.parametrize("end", [KeyboardInterrupt, BrokenPipeError, RuntimeError("of Keras")])
def test_an_end_amid_the_rows_leaves_the_old_file(end, reviews, folder, call, monkeypatch):
    from keraseq.cli import answers

    def ended(*_, **__):
        raise end

    old = folder / "old.csv"
    old.write_text("as it was")
    monkeypatch.setattr(answers, "answers_of", ended)
    monkeypatch.setattr("os.dup2", lambda *_: None)
    status, _, err = call("predict", reviews, folder / "reviews.csv", "-o", old)
    assert old.read_text() == "as it was"
    assert not list(folder.glob(".*part"))
    expected = {KeyboardInterrupt: (130, "Stopped by Ctrl-C"), BrokenPipeError: (1, "")}
    code, said = expected.get(end, (1, "RuntimeError: of Keras (--debug shows where)"))
    assert status == code and said in err


def test_every_command_is_offered():
    assert make_parser().format_help().count("\n    ") >= len(COMMANDS)


def test_export_is_handed_the_rows_as_predict_reads_them(reviews, folder, call, monkeypatch):
    def export(self, path, *, format, quantize, X):
        return f"{format}, {quantize}, {len(X)} rows such as {X[0]!r}"

    monkeypatch.setattr(keraseq.SequenceClassifier, "export", export)
    given = ["--format", "litert", "--quantize", "int8", "-o", folder / "stars.tflite"]
    status, out, err = call("export", reviews, *given, "--data", folder / "reviews.csv")
    assert (status, err) == (0, "")
    assert f"litert, int8, 40 rows such as {REVIEWS['review'][0]!r}" in out


@pytest.mark.parametrize(
    ("content", "is_empty"),
    [
        ("review,id\ngood,1\n,\nbad,3\n,\n", [0, 1, 0, 1]),
        # As pandas writes a column alone.
        ('review\ngood\n""\n\nbad\n', [0, 1, 0]),
        ('"review","id"\n"",""\n"good","7"\n', [1, 0]),
    ],
)
def test_a_row_of_empty_cells_has_its_place_among_the_answers(content, is_empty, reviews, call):
    status, out, err = call("predict", reviews, "-", stdin=content.encode())
    assert status == 0, err
    assert [line in ("", '""') for line in out.splitlines()[1:]] == is_empty
    assert f"{sum(is_empty)} rows hold nothing to read" in err


def test_no_answer_is_known(reviews, call):
    status, _, err = call("evaluate", reviews, "-", stdin=b"review,stars\ngood,\nbad,\n")
    assert status == 1 and "has no row that is filled" in err


def test_kept_columns_of_one_name(reviews, folder, call):
    rows = b"a,review,a,,\n1,good,2,,\n"
    assert call("predict", reviews, "-", "--keep", "all", stdin=rows)[1].splitlines()[0] == (
        "a,review,a,,,stars"
    )
    status, _, err = call("predict", reviews, "-", "--keep", "a", stdin=rows)
    assert status == 1 and "2 columns of that name" in err
    # A record has one value of a name.
    given = ["predict", reviews, "-", "--keep", "all", "-o", folder / "twice.jsonl"]
    status, _, err = call(*given, stdin=rows)
    assert status == 1 and "--keep a" in err and not (folder / "twice.jsonl").exists()


def test_a_kept_column_has_the_name_of_an_answer(reviews, call):
    rows = b"review,stars,predicted stars\ngood,1,2\n"
    out = call("predict", reviews, "-", "--keep", "all", stdin=rows)[1]
    assert out.splitlines()[0] == "review,stars,predicted stars,predicted predicted stars"
    assert out.splitlines()[1].startswith("good,1,2,")


def test_the_only_row_is_not_counted_by_its_first_step(folder, call):
    X = [[0.0, 1.0, 2.0], [3.0, 2.0, 1.0, 0.0]] * 8
    fitted = keraseq.SequenceRegressor("gru", units=4, epochs=1, random_state=0).fit(X, range(16))
    fitted.save(folder / "ragged.keraseq")
    status, out, err = call("predict", folder / "ragged.keraseq", "-", stdin=b"a,b,c\n1,2.5,3.5\n")
    assert (status, err) == (0, "")
    assert float(out.split()[1]) == pytest.approx(fitted.predict([[1, 2.5, 3.5]])[0], rel=1e-5)


@pytest.mark.parametrize("labels", [[0, 1], [0.0, 1.0], [False, True], ["false", "true"]])
def test_classes_of_a_model_that_was_fitted_in_python(labels, folder, call):
    clf = keraseq.SequenceClassifier("gru", units=4, epochs=1, random_state=0)
    clf.fit(["good", "bad", "fine", "dull"] * 4, labels * 8).save(folder / "python.keraseq")
    given = ["evaluate", folder / "python.keraseq", "-", "--text", "review", "--target", "is"]
    # As pandas writes them.
    written = [str(label).title() for label in labels]
    rows = "".join(f"{word} film,{label}\n" for word, label in zip(GOOD, written * 2, strict=True))
    status, out, err = call(*given, stdin=f"review,is\n{rows}".encode())
    assert status == 0, err
    right = np.mean(clf.predict([f"{word} film" for word in GOOD]) == np.array(labels * 2))
    assert out.startswith(f"accuracy {right:.4g} ")
    status, _, err = call(*given, stdin=b"review,is\ngood film,7\n")
    assert status == 1 and "'7'" in err


def test_tags_of_a_model_that_was_fitted_in_python(folder, call):
    tagger = keraseq.SequenceTagger("gru", units=4, epochs=1, random_state=0)
    tagger.fit([["the", "cat"], ["a"]] * 8, [[1, 2], [1]] * 8).save(folder / "numbers.keraseq")
    given = ["-", "--text", "words", "--target", "tags"]
    rows = b"words,tags\nthe dog,1 2\n"
    status, out, err = call("evaluate", folder / "numbers.keraseq", *given, stdin=rows)
    assert status == 0, err
    assert f"token accuracy {tagger.score([['the', 'dog']], [[1, 2]]):.4g} " in out
    answers = " ".join(map(str, tagger.predict([["the", "dog"]])[0]))
    out = call("predict", folder / "numbers.keraseq", *given, stdin=rows)[1]
    assert out == f"tags\n{answers}\n"


def test_one_offset_beside_a_training_with_two(folder, call):
    """In summer all dates have the same, and are still those of UTC."""
    dates = pd.date_range("2024-03-29", periods=96, freq="h", tz="Europe/Berlin")
    frame = pd.DataFrame({"at": dates.map(str), "n": np.arange(96) % 5, "more": np.arange(96) % 3})
    frame.to_csv(folder / "hours.csv", index=False)
    saved = folder / "hours.keraseq"
    status, _, err = call(
        *("fit", folder / "hours.csv", "--date", "at", "--target", "n", "--future", "more"),
        *("--horizon", 2, "--lookback", 4, "--model", "gru", *QUICK, "-o", saved),
    )
    assert status == 0, err
    ahead = pd.date_range(dates[-1] + pd.Timedelta("1h"), periods=3, freq="h")
    pd.DataFrame({"at": ahead.map(str), "more": 0}).to_csv(folder / "ahead.csv", index=False)
    status, out, err = call("predict", saved, folder / "ahead.csv")
    assert status == 0, err
    assert pd.to_datetime(pd.read_csv(io.StringIO(out))["at"]).tolist() == list(ahead[:2])


def test_lists_are_kept_as_json_which_is_read_again(folder, call):
    rows = [{"said": text.split(), "mood": text[:1]} for text in ("good film", "bad", "so bad")] * 8
    table = "\n".join(map(json.dumps, rows)).encode()
    given, saved = ["--target", "mood", "--text", "said", "--model", "gru"], folder / "w.keraseq"
    assert call("fit", "-", *given, *QUICK, "-o", saved, stdin=table)[0] == 0
    out = call("predict", saved, "-", "--keep", "all", "--proba", stdin=table)[1]
    assert json.loads(pd.read_csv(io.StringIO(out))["said"][0]) == ["good", "film"]
    answers = [line.split(",")[-3:] for line in out.splitlines()[1:]]
    again = call("predict", saved, "-", "--proba", stdin=out.encode())[1]
    assert [line.split(",")[-3:] for line in again.splitlines()[1:]] == answers

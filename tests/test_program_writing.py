"""The program `keraseq` on models that write: texts of their own, or one for each source."""

import json

import pandas as pd
import pytest

import keraseq
from keraseq.cli.program import main

BOOK = "the cat sat. the dog ran. " * 30
LEARNS = ["--task", "language_model", "-o", "OUT"]
QUICK = ["--epochs", 1, "--set", "units=8"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("writing")
    (made / "book.txt").write_text(BOOK)
    (made / "unseen.txt").write_text("the cat ran. ")
    return made


@pytest.fixture(scope="module")
def writer(folder):
    main(
        f"fit {folder}/book.txt --task language_model --epochs 15 --set units=12 --set window=32 "
        f"--set learning_rate=0.02 -o {folder}/writer.keraseq".split()
    )
    return folder / "writer.keraseq"


@pytest.fixture(scope="module")
def transducer(folder):
    words, numbers = ["one", "two", "six", "ten"], ["1", "2", "6", "10"]
    pd.DataFrame({"said": words, "meant": numbers}).to_csv(folder / "pairs.csv", index=False)
    main(
        f"fit {folder}/pairs.csv --task transduction --text said --target meant --model gru "
        f"--epochs 60 --set units=16 --set learning_rate=0.01 --set source_tokenizer=characters "
        f"-o {folder}/numbers.keraseq".split()
    )
    return folder / "numbers.keraseq"


def test_a_book_is_learned_as_in_python(writer, call):
    fitted = keraseq.SequenceGenerator(
        epochs=15, units=12, window=32, learning_rate=0.02, random_state=0
    ).fit(BOOK)
    wanted = fitted.generate("the ", length=40, temperature=0.5, top_k=3, random_state=7)
    given = ["--prompt", "the ", "--length", 40, "--temperature", 0.5, "--top-k", 3, "--seed", 7]
    assert call("generate", writer, *given) == (0, f"{wanted}\n", "")
    assert call("generate", writer, *given, "--echo")[1] == f"the {wanted}\n"
    piped = ["--prompt", "-", *given[2:]]
    assert call("generate", writer, *piped, stdin=b"the ")[1] == f"{wanted}\n"
    # As an editor may begin a file.
    assert call("generate", writer, *piped, stdin=b"\xef\xbb\xbfthe ")[1] == f"{wanted}\n"


def test_a_text_is_shown_as_it_is_written(writer, call, monkeypatch):
    shown = []
    monkeypatch.setattr("builtins.print", lambda *a, **k: shown.append((a, k.get("flush"))))
    call("generate", writer, "--length", 100, "--seed", 0)
    pieces = [a[0] for a, flush in shown if flush and a[0]]
    assert len(pieces) > 2 and sum(map(len, pieces)) == 100


def test_several_texts(writer, call):
    given = ["--n", 3, "--length", 12, "--seed", 1, "--stop", "."]
    texts = [
        json.loads(line) for line in call("generate", writer, *given, "--json")[1].splitlines()
    ]
    assert len(texts) == 3 and not any("." in text for text in texts)
    assert call("generate", writer, *given)[1] == "\n---\n".join(texts) + "\n"
    first, second = (call("generate", writer, "--length", 60, "--temperature", 3)[1] for _ in "ab")
    assert first != second


def test_it_is_judged_by_texts_that_it_has_not_seen(writer, folder, call):
    status, out, err = call("evaluate", writer, folder / "unseen.txt")
    assert status == 0 and "one text of 13 characters" in err
    score = keraseq.load(writer).score("the cat ran. ")
    assert f"−nats a token {score:.4g}" in out and "on 13 tokens of 1 text." in out
    assert "Perplexity" in out and "0.00% of the tokens are unknown" in out
    out = call("evaluate", writer, folder / "book.txt")[1]
    assert out == "None: the texts given are those that it was trained on.\n"
    assert "windows of at most 32 tokens" in call("inspect", writer, "--card")[1]
    assert json.loads(call("inspect", writer, "--json")[1])["facts"]["task"] == "language_model"


def test_lines_and_columns_are_texts_that_end(folder, call):
    lines, saved = "abcdefg\nxyz\n\n" * 20, folder / "lines.keraseq"
    given = ["--task", "language_model", *QUICK, "-o", saved]
    status, _, err = call("fit", "-", "--lines", *given, stdin=lines.encode())
    assert status == 0 and "40 lines, each a text" in err and "took gru, the default" in err
    by_line = keraseq.load(saved)
    assert not by_line.is_one_text_
    table = "id,words\n" + "".join(f"1,{line}\n" for line in lines.split())
    status, _, err = call("fit", "-", "--text", "words", *given, stdin=table.encode())
    assert status == 0 and "40 texts" in err
    by_column = keraseq.load(saved)
    assert by_column.score(["abcdefg"]) == by_line.score(["abcdefg"])
    out = call("evaluate", saved, "-", stdin=b"words\nabc\nxyz\n")[1]
    assert "on 8 tokens of 2 texts." in out


@pytest.fixture(scope="module")
def rated(folder):
    rows = {"review": ["the cat sat.", "the dog ran."] * 8, "stars": ["5", "1"] * 8}
    pd.DataFrame(rows).to_csv(folder / "rated.csv", index=False)
    return folder / "rated.csv"


def test_few_rows_start_from_what_is_learned(writer, rated, folder, call):
    saved = folder / "stars.keraseq"
    given = ["--target", "stars", "--epochs", 1, "--pretrained", writer, "-o", saved]
    status, out, err = call("fit", rated, *given)
    assert status == 0, err
    assert "SequenceClassifier pretrained" in out and "--model auto" not in err
    texts = ["the cat sat.", "the dog ran."] * 8
    wanted = keraseq.SequenceClassifier(pretrained=writer, epochs=1, random_state=0)
    wanted.fit(texts, ["5", "1"] * 8)
    found = keraseq.load(saved)
    assert (found.predict_proba(texts) == wanted.predict_proba(texts)).all()
    assert "Starts from a language model" in call("inspect", saved, "--card")[1]


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        (["RATED", "--target", "stars", "--pretrained", "WRITER", "--model", "lstm"], 2,
         "--model lstm beside --pretrained"),
        (["RATED", "--target", "stars", "--pretrained", "PAIRS"], 2, "holds a SequenceTransducer"),
        (["RATED", "--target", "stars", "--pretrained", "no.keraseq"], 1, "no.keraseq"),
        (["RATED", "--target", "stars", "--pretrained", "RATED"], 1, "no whole artifact"),
        (["RATED", "--target", "stars", "--pretrained", "WRITER", "--set", "units=9"], 1,
         "units=9 beside pretrained"),
        (["NUMBERS", "--target", "y", "--pretrained", "WRITER"], 2, "--pretrained reads texts"),
        (["RATED", "--task", "language_model", "--text", "review", "--pretrained", "WRITER"], 2,
         "not for --task language_model"),
    ],
)  # fmt: skip
def test_what_nothing_can_start_from_is_said(
    given, status, message, writer, transducer, rated, folder, call
):
    pd.DataFrame({"a": [1, 2, 3] * 5, "b": [3, 2, 1] * 5, "y": ["u", "v", "w"] * 5}).to_csv(
        folder / "numbers.csv", index=False
    )
    places = {"WRITER": writer, "PAIRS": transducer, "RATED": rated}
    places["NUMBERS"] = folder / "numbers.csv"
    saved = folder / "none.keraseq"
    found, out, err = call("fit", *(places.get(one, one) for one in given), "-o", saved)
    assert (found, out) == (status, ""), err
    assert message in err and "Traceback" not in err and not saved.exists()


def test_backward_it_is_written_before_the_prompt(folder, call):
    given = ["--task", "language_model", "--set", "backward=true", *QUICK]
    saved = folder / "backward.keraseq"
    assert call("fit", folder / "book.txt", *given, "-o", saved)[0] == 0
    out = call("generate", saved, "--prompt", "ran.", "--echo", "--length", 9, "--seed", 0)[1]
    wanted = keraseq.load(saved).generate("ran.", length=9, random_state=0)
    assert out == f"{wanted}ran.\n"


@pytest.mark.parametrize("prompt", ["the cat", "the cat\n"])
def test_a_prompt_of_words_is_divided_from_what_follows(prompt, folder, call):
    saved = folder / "words.keraseq"
    keraseq.SequenceGenerator(tokenizer="words", units=4, epochs=1, random_state=0).fit(BOOK).save(
        saved
    )
    given = ["--prompt", prompt, "--length", 3, "--seed", 0]
    whole = f"{prompt.ljust(8)}{call('generate', saved, *given)[1]}"
    assert call("generate", saved, *given, "--echo")[1] == whole
    assert json.loads(call("generate", saved, *given, "--echo", "--json")[1]) == whole[:-1]


def test_models_that_write_are_compared(folder, call):
    given = ["--task", "language_model", "--models", "gru,lstm", "--runs", 1, *QUICK]
    status, out, err = call("compare", folder / "book.txt", *given)
    assert status == 0, err
    assert "−nats a character" in out and "Kneser-Ney n-grams" in out


def test_each_line_has_its_translation(transducer, folder, call):
    assert call("translate", transducer, stdin=b"six\n\nten\r\n") == (0, "6\n\n10\n", "")
    (folder / "said.txt").write_text("two\none")
    assert call("translate", transducer, folder / "said.txt", "--beam", 3)[1] == "2\n1\n"
    out = call("predict", transducer, folder / "pairs.csv")[1]
    assert out.split() == ["meant", "1", "2", "6", "10"]
    out = call("evaluate", transducer, folder / "pairs.csv")[1]
    assert out == "None: the pairs given are those that it was trained on.\n"
    out = call("evaluate", transducer, "-", stdin=b"said,meant\nsix,6\nten,10\n")[1]
    assert "on 2 pairs, beams of 1." in out
    assert keraseq.inspect(transducer).facts["table"] == {"target": ["meant"], "text": ["said"]}


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "message"),
    [
        (["generate", "PAIRS"], b"", 2, "writes no texts of its own"),
        (["translate", "WRITER"], b"", 2, "makes no sequence of another"),
        (["predict", "WRITER", "-"], b"a\nb\n", 2, "keraseq generate"),
        (["generate", "WRITER", "--temperature", -1], b"", 1, "--temperature -1"),
        (["generate", "WRITER", "--top-p", 0], b"", 1, "--top-p 0"),
        (["generate", "WRITER", "--length", -3], b"", 1, "--length -3"),
        (["generate", "WRITER", "--n", 0], b"", 2, "give at least 1"),
        (["export", "WRITER", "-o", "w.onnx"], b"", 1, "has no export"),
        (["export", "PAIRS", "-o", "w.onnx"], b"", 1, "once a token"),
        (["evaluate", "WRITER", "-"], b"", 1, "holds no text"),
        (["evaluate", "WRITER", "-"], b"caf\xe9", 1, "--encoding"),
        (["translate", "PAIRS"], b"o" * 3000, 1, "lines 1 to 1"),
        (["fit", "-", *LEARNS, "--target", "y"], b"", 2, "no --target"),
        (["fit", "x.csv", *LEARNS], b"", 2, "--text"),
        (["fit", "x.csv", "--target", "y", "--lines", "-o", "OUT"], b"", 2, "--lines is for"),
        (["fit", "-", *LEARNS], b"", 1, "holds no text"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_in_a_line(
    arguments, stdin, status, message, writer, transducer, folder, call
):
    places = {"WRITER": writer, "PAIRS": transducer, "OUT": folder / "no.keraseq"}
    found, out, err = call(*(places.get(one, one) for one in arguments), stdin=stdin)
    assert (found, out) == (status, ""), err
    assert message in err and "Traceback" not in err

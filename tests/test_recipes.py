"""Recipes are run as a user runs them."""

import ast
import importlib.util
import os
import runpy
import subprocess
import sys
import warnings
from pathlib import Path

import pandas as pd
import pytest

import keraseq
from keraseq import cli

RECIPES = Path(__file__).parent.parent / "recipes"
NAMES = sorted(path.name for path in RECIPES.glob("[a-z]*.py"))
SEVERAL_MODELS = ["compare.py", "lstm_versus.py"]
ON_THEIR_OWN = ["hyperparameter_search.py", "serve.py", "text_generation.py", "music_generation.py"]
OF_NO_DATA = [*SEVERAL_MODELS, *ON_THEIR_OWN]


def run(recipe, *arguments, **environment):
    return subprocess.run(
        [sys.executable, str(RECIPES / recipe), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=500,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )


@pytest.fixture
def table(tmp_path):
    """Write a CSV file and return its path."""

    def write(**columns):
        path = tmp_path / "mine.csv"
        pd.DataFrame(columns).to_csv(path, index=False)
        return path

    return write


def test_all_are_there_and_short():
    assert NAMES == [
        "compare.py",
        "dialog.py",
        "finetune.py",
        "forecasting.py",
        "hyperparameter_search.py",
        "lstm_versus.py",
        "music_generation.py",
        "sentiment.py",
        "serve.py",
        "text_classification.py",
        "text_generation.py",
        "time_series_classification.py",
        "translation.py",
    ]
    for name in NAMES:
        assert len((RECIPES / name).read_text(encoding="utf-8").splitlines()) < 80, name


def test_they_use_public_names_of_the_package():
    for path in RECIPES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [*node.module.split("."), *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) != "self":
                names = [node.attr]
            else:
                continue
            assert not [name for name in names if name.startswith("_")], path.name


@pytest.mark.parametrize("recipe", NAMES)
def test_nothing_heavy_is_loaded_before_ctrl_c_and_mistakes_are_met(recipe):
    code = f"import runpy, sys; runpy.run_path({str(RECIPES / recipe)!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"tensorflow", "keras", "sklearn", "pandas", "scipy"} & set(done.stdout.split())


def test_every_name_of_the_command_line_is_what_it_says():
    # A module of the same name would stand in its place.
    for name in cli.__all__:
        assert callable(getattr(cli, name)), name
        assert importlib.util.find_spec(f"keraseq.cli.{name}") is None, name


@pytest.mark.parametrize("recipe", [name for name in NAMES if name not in OF_NO_DATA])
def test_without_data_from_elsewhere(recipe, tmp_path):
    saved, plot = tmp_path / "model.keras", tmp_path / "plot.png"
    done = run(recipe, "--quick", "--save", saved, "--plot", plot)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    score = "score" if recipe == "forecasting.py" else "accuracy"
    for word in ("data ", "split ", "model ", "parameters", "training ", score, "baseline ", "±"):
        assert word in done.stdout
    assert keraseq.load_model(saved).count_params() > 1_000
    assert plot.stat().st_size > 5_000


def test_text_is_generated_beside_n_grams(tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("To be, or not to be. " * 200, encoding="utf-8")
    done = run("text_generation.py", "--quick", "--data", mine, "--prompt", "To", "--length", 20)
    assert done.returncode == 0, done.stderr
    for word in ("Nats a token on the last tenth (420 tokens)", "gru ", "n-grams, up to 6", "\nTo"):
        assert word in done.stdout


def test_music_is_written_as_midi(tmp_path):
    tune, plot = tmp_path / "tune.mid", tmp_path / "plot.png"
    done = run(
        "music_generation.py", "--quick", "--prompt", r"M:6/8\nL:1/8\nK:D\nA2d", "--tunes", 2,
        "--length", 60, "--midi", tune, "--plot", plot,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("54 and 6 tunes", "nats a character", "n-grams", "bars", "\nM:6/8\nL:1/8\nK:D\n"):
        assert word in done.stdout
    assert tune.read_bytes()[:4] == b"MThd" and plot.stat().st_size > 5_000


def test_a_search_outlives_a_killed_process_of_two(tmp_path):
    import optuna

    study, trials = tmp_path / "study.db", ["--quick", "--trials", "4", "--model", "gru"]
    command = [sys.executable, str(RECIPES / "hyperparameter_search.py"), "--study", str(study)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}

    def wait_for(process, words):
        while words not in process.stderr.readline():
            assert process.poll() is None

    with subprocess.Popen([*command, *trials], **pipes) as one:
        wait_for(one, "A new study created")
        with subprocess.Popen([*command, *trials], **pipes) as other:
            wait_for(one, "finished with value")
            one.kill()
            out, _ = other.communicate(timeout=300)
    assert other.returncode == 0
    for word in ("data ", "study ", "best ", "accuracy ", "baseline "):
        assert word in out
    storage = optuna.storages.RDBStorage(f"sqlite:///{study}")
    found = optuna.load_study(study_name="reviews", storage=storage).trials
    assert sum(trial.state.name == "COMPLETE" for trial in found) >= 4
    # No two trials draw the same, whichever process asked.
    rates = [trial.params["learning_rate"] for trial in found if trial.params]
    assert len(set(rates)) == len(rates)
    storage.engine.dispose()


def test_every_claim_of_the_textbook_is_answered():
    done = run("lstm_versus.py", "--quick")
    assert done.returncode == 0, done.stderr
    assert "arning" not in done.stderr
    answers = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert sum(answer in ("yes:", "no:", "open:") for answer in answers) == 7


def test_the_comparison_prints_a_table_and_what_was_learned(tmp_path):
    done = run("compare.py", "--quick", "--plot", tmp_path / "plot.png")
    assert done.returncode == 0, done.stderr
    for name in ("simple_rnn", "lstm", "gru", "bilstm", "transformer", "TF-IDF", "majority"):
        assert name in done.stdout
    # One epoch of 300 rows does not teach a network what n-grams tell of them.
    assert "No model beats the baseline" in done.stdout
    assert "With one run nothing can be said about luck" in done.stdout
    assert (tmp_path / "plot.png").stat().st_size > 5_000


def test_a_comparison_of_two_models_on_series(table):
    path = table(label=["up", "down"] * 20, a=[0, 2] * 20, b=[1, 1] * 20, c=range(40))
    done = run(
        "compare.py", "--data", path, "--target", "label", "--model", "gru,simple_rnn",
        "--epochs", 1, "--seeds", 2, "--budget", 8000,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Not told apart:" in done.stdout or "Detectable differences" in done.stdout
    assert "1-nearest neighbour" in done.stdout
    assert "bilstm" not in done.stdout


def test_a_users_own_texts(table):
    path = table(review=["very good", "very bad", "so good", "bad"] * 5, stars=[5, 1] * 10)
    done = run(
        "sentiment.py", "--data", path, "--text", "review", "--target", "stars",
        "--epochs", 1,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "16 and 4 rows" in done.stdout


def test_a_users_own_series_with_classes(table):
    path = table(label=["up", "down"] * 10, a=[0, 2] * 10, b=[1, 1] * 10, c=[2, None] * 10)
    # By the name that the option had.
    done = run(
        "time_series_classification.py", "--data", path, "--label-col", "label", "--epochs", 1
    )
    assert done.returncode == 0, done.stderr
    assert "--label-col is now called --target" in done.stderr


def test_a_users_many_series(table, tmp_path):
    days = pd.date_range("2024-01-01", periods=60).astype(str).tolist()
    path = table(
        day=days * 2, shop=["A"] * 60 + ["B"] * 60, city=["Ulm"] * 60 + ["Bonn"] * 60,
        promo=[True, False] * 60,
        sold=[i % 7 for i in range(60)] + [i % 7 + i // 7 for i in range(60)],
    )  # fmt: skip
    done = run(
        "forecasting.py", "--data", path, "--date", "day", "--target", "sold", "--horizon", 7,
        "--series", "shop", "--future", "promo", "--static", "city", "--calendar",
        "--lookback", 14, "--quick", "--plot", tmp_path / "plot.png",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    said = " ".join(done.stdout.split())
    assert "2 series, 120 rows; horizon 7, season 7" in said
    assert "the last fifth of the dates as test, after 2024-02-17; 12 windows" in said
    # One week is like the next in A, which has no MASE; in B each is higher by 1 than the last.
    assert "baseline MASE 1.000 (last 7 steps repeated)" in said
    assert "of 1; worst beside it in 'B'" in said
    assert "1 without a MASE" in said


@pytest.mark.parametrize("dates", [pd.date_range("2024-01-01", periods=90), range(1900, 1990)])
def test_a_users_own_dated_series(table, dates):
    path = table(date=dates, value=[i % 7 for i in range(90)])
    done = run(
        "forecasting.py", "--data", path, "--date", "date", "--target", "value", "--season", 7,
        "--horizon", 7, "--lookback", 10, "--quick",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "baseline  MSE 0 ± 0, MAE 0 (last 7 steps repeated)" in done.stdout


def test_gaps_are_filled_on_request_and_counted_as_rows(table):
    dates = pd.date_range("2024-01-01", periods=100).delete([20, 50])
    path = table(date=dates, value=range(98))
    columns = ["--data", path, "--date", "date", "--target", "value", "--quick"]
    refused = run("forecasting.py", *columns, "--horizon", 3, "--lookback", 10)
    assert refused.returncode == 2
    assert "2024-01-21" in refused.stderr
    filled = run(
        "forecasting.py", *columns, "--horizon", 3, "--lookback", 10, "--missing", "interpolate"
    )
    assert filled.returncode == 0, filled.stderr
    # Lines are broken where the path is long.
    assert "100 rows" in " ".join(filled.stdout.split())


def test_ctrl_c_is_one_line_and_status_130(capsys, monkeypatch):
    def run(options):
        print("half a line", end="")
        raise KeyboardInterrupt

    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)
    made = cli.parser("", model="gru", data="x", columns={})
    with pytest.raises(SystemExit) as end:
        cli.main(run, made.parse_args([]))
    assert end.value.code == 130
    assert capsys.readouterr() == ("half a line", "\nStopped by Ctrl-C; nothing is saved.\n")


def test_who_reads_only_the_first_lines_is_told_no_error():
    code = """
from keraseq import cli

def run(options):
    for number in range(100_000):
        cli.print_lines(number=number)

cli.main(run, cli.parser("", model="gru", data="x", columns={}).parse_args([]))
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:
        reading.stdout.readline()
        reading.stdout.close()
        assert reading.stderr.read() == b""


# In place of the bar, Ctrl-C after the first batch.
IN_TRAINING = """
import os, runpy, signal, sys
import keras
from keraseq.cli import fitting

class Interrupt(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        os.kill(os.getpid(), signal.SIGINT)

fitting.training_bar = lambda: [Interrupt()]
sys.argv = ["time_series_classification.py", "--quick"]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process by os.kill")
def test_ctrl_c_amid_the_training():
    done = subprocess.run(
        [sys.executable, "-c", IN_TRAINING],
        cwd=RECIPES, capture_output=True, text=True, encoding="utf-8", timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 130
    assert done.stderr.strip().splitlines()[-1] == "Stopped by Ctrl-C; nothing is saved."
    assert "Traceback" not in done.stderr
    assert "split" in done.stdout
    assert "accuracy" not in done.stdout


DATED = {"date": ["2024-01-01", "2024-01-02"], "value": [1, 2]}
TEXTS = {"text": ["a", "b"] * 5, "number": list(range(10)), "one": [1] * 10}
MISTAKES = [
    ("sentiment.py", ["--data", "nowhere.csv"], {}, "no such file"),
    ("sentiment.py", ["--data", "imbd"], {}, "Did you mean 'imdb'?"),
    ("sentiment.py", ["--model", "lstn"], {}, "Did you mean 'lstm'"),
    ("sentiment.py", ["--model", "GRU"], {}, "--model GRU is not known"),
    ("sentiment.py", ["--model", "GRU"], {}, "Did you mean 'gru'"),
    ("sentiment.py", ["--model", "gru,lstm"], {}, "--model gru,lstm is not known"),
    ("compare.py", ["--model", "gru, lstn"], {}, "--model lstn is not known"),
    ("compare.py", ["--model", "gru,,lstm"], {}, "--model '' is not known"),
    ("sentiment.py", ["--seed", "-1"], {}, "must be from 0 to 4294967295"),
    ("lstm_versus.py", ["--seed", "-1"], {}, "must be from 0 to 4294967295"),
    ("sentiment.py", ["--text", "x"], {}, "--text is for a file, which reviews is not"),
    ("forecasting.py", ["--no-dayfirst"], {}, "--dayfirst is for a file, which co2 is not"),
    ("forecasting.py", ["--season", "900"], {}, "--season 900 is more than the 421 rows before"),
    ("forecasting.py", ["--horizon", "500"], {}, "its last 105, must hold a --horizon of 500"),
    ("sentiment.py", ["--save", "model.h5"], {}, "must end in .keras"),
    ("sentiment.py", ["--plot", "nowhere/plot.png"], {}, "no such folder"),
    ("sentiment.py", ["--data", "CSV"], TEXTS, "say which with --text"),
    (
        "sentiment.py",
        ["--data", "CSV", "--text", "number", "--target", "one"],
        TEXTS,
        "holds numbers",
    ),
    (
        "text_classification.py",
        ["--data", "CSV", "--text", "text", "--target", "one"],
        TEXTS,
        "1 value in 10 rows",
    ),
    (
        "text_classification.py",
        ["--data", "CSV", "--text", "text", "--target", "number"],
        TEXTS,
        "10 different values",
    ),
    ("time_series_classification.py", ["--data", "ItalyPowerDemnd"], {}, "ItalyPowerDemand"),
    (
        "time_series_classification.py",
        ["--data", "CSV", "--target", "one"],
        TEXTS,
        "column text holds no numbers",
    ),
    ("forecasting.py", ["--data", "co3"], {}, "co2"),
    ("forecasting.py", ["--horizon", "0"], {}, "at least 1"),
    ("forecasting.py", ["--data", "CSV", "--date", "x"], DATED, "--date x"),
    (
        "forecasting.py",
        ["--data", "CSV", "--date", "date", "--target", "value"],
        DATED,
        "too few",
    ),
    (
        "forecasting.py",
        ["--data", "CSV", "--date", "text", "--target", "one"],
        TEXTS,
        "does not hold dates",
    ),
    ("compare.py", ["--save", "model.keras"], {}, "one model"),
]


@pytest.mark.parametrize(("recipe", "arguments", "columns", "message"), MISTAKES)
def test_what_a_user_got_wrong_is_one_paragraph(
    table, monkeypatch, capsys, recipe, arguments, columns, message
):
    path = str(table(**columns)) if columns else ""
    given = [path if argument == "CSV" else argument for argument in arguments]
    # In this process, since each of its own takes seconds to start.
    monkeypatch.setattr(sys, "argv", [recipe, *given])
    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(RECIPES / recipe), run_name="__main__")
    said = capsys.readouterr().err
    assert end.value.code == 2
    assert message in " ".join(said.split())
    assert "\n\n" not in said.strip()


def test_a_missing_data_set_says_how_to_get_it(tmp_path):
    nowhere = {"KERASEQ_DATA": str(tmp_path), "KERASEQ_HOME": str(tmp_path / "cache")}
    done = run("sentiment.py", "--data", "airline_tweets", **nowhere)
    assert done.returncode == 2
    assert "Tweets.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_published_protocol_of_etth1(data_folder):
    # What is asked is the test part and its baselines, so that any model serves.
    done = run(
        "forecasting.py", "--data", "etth1", "--quick", "--lookback", 96, "--model", "nlinear"
    )
    assert done.returncode == 0, done.stderr
    assert "2,785 windows" in done.stdout
    # Zeng et al., AAAI 2023, table 2: repeat last at horizon 96.
    assert "MSE 1.29" in done.stdout
    assert "MAE 0.713" in done.stdout

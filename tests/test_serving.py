"""The service, asked over HTTP."""

import json
import runpy
import socket
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import uvicorn

import keraseq
from keraseq import cli
from keraseq.cli.batcher import Batcher

RECIPE = Path(__file__).parent.parent / "recipes" / "serve.py"
TEXTS = [f"a {'good' if i % 2 else 'bad'} film, number {i}" for i in range(40)]


class Running:
    """The recipe's application on a port of its own."""

    def __init__(self, path):
        self.service = cli.Service(path, wait=0.02)
        make_app = runpy.run_path(str(RECIPE))["make_app"]
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(make_app(self.service), log_level="error", lifespan="off")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],))
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def close(self):
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()
        self.service.close()

    def get(self, path):
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return answer.read().decode()

    def post(self, body):
        """Status and JSON of an answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/predict", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture(scope="module")
def fitted():
    clf = keraseq.SequenceClassifier("gru", units=4, epochs=1, random_state=0)
    clf.fit(TEXTS, ["good" if "good" in text else "bad" for text in TEXTS])
    clf.table_ = {"text": ["review"], "target": ["stars"]}
    clf.card()
    return clf


@pytest.fixture(scope="module")
def running(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("served") / "stars.keraseq"
    fitted.save(path)
    served = Running(path)
    yield served
    served.close()


def test_eight_threads_none_lost_and_all_answered_as_predict_does(fitted, running):
    before = running.service.n_calls

    def ask(number):
        texts = [TEXTS[(number + i) % len(TEXTS)] for i in range(1 + number % 3)]
        return texts, running.post({"rows": texts, "proba": True})

    with ThreadPoolExecutor(8) as threads:
        asked = list(threads.map(ask, range(160)))
    known = dict(zip(TEXTS, fitted.predict(TEXTS), strict=True))
    shares = dict(zip(TEXTS, fitted.predict_proba(TEXTS), strict=True))
    for texts, (status, said) in asked:
        assert status == 200
        assert [answer["stars"] for answer in said["answers"]] == [known[text] for text in texts]
        given = [[answer["P(bad)"], answer["P(good)"]] for answer in said["answers"]]
        np.testing.assert_allclose(given, [shares[text] for text in texts], atol=1e-6)
    # Requests that came at once were answered by one call.
    assert running.service.n_calls - before < 160


def test_rows_by_the_names_of_columns(fitted, running):
    rows = [{"review": TEXTS[0], "id": 1}, {"review": None}, {"review": TEXTS[1]}]
    status, said = running.post({"rows": rows})
    first, second = fitted.predict(TEXTS[:2])
    assert (status, said) == (
        200,
        {"answers": [{"stars": first}, {"stars": None}, {"stars": second}]},
    )
    status, said = running.post({"rows": [{"review": None}], "proba": True})
    assert (status, said["answers"]) == (200, [{"stars": None, "P(bad)": None, "P(good)": None}])


def test_a_model_may_be_called_like_an_option(fitted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fitted.save("-stars.keraseq")
    service = cli.Service("-stars.keraseq")
    assert service.answer(TEXTS[:1])[0]["stars"] in ("bad", "good")
    service.close()


def serve(estimator, folder, table=None):
    estimator.table_ = table
    estimator.save(folder / "model.keraseq")
    return cli.Service(folder / "model.keraseq")


def test_lists_of_words_are_labelled_step_by_step(tmp_path):
    words = [text.split() for text in TEXTS[:8]]
    tagger = keraseq.SequenceTagger("gru", units=3, epochs=0, random_state=0)
    service = serve(tagger.fit(words, [["A", "B"] * 2 + ["A"] for _ in words]), tmp_path)
    (answer,) = service.answer(words[:1])
    assert answer["prediction"].split() == list(tagger.predict(words[:1])[0])
    with pytest.raises(ValueError, match="for every step, for which a row has no place"):
        service.answer(words[:1], proba=True)
    with pytest.raises(ValueError, match="reads lists of words"):
        service.answer([[1.0, 2.0]])
    service.close()


def test_labels_of_any_kind_are_json_and_a_step_is_no_list(tmp_path):
    months = pd.period_range("2024-01", periods=2, freq="M")
    clf = keraseq.SequenceClassifier("fcn", units=3, epochs=0, random_state=0)
    clf.fit(np.arange(24.0).reshape(8, 3), months.take([0, 1] * 4))
    service = serve(clf, tmp_path, {"steps": ["a", "b", "c"], "target": ["month"]})
    for rows in ({"a": 1, "b": 2, "c": 3}, "a"):
        with pytest.raises(ValueError, match="is no list"):
            service.answer(rows)
    (answer,) = json.loads(json.dumps(service.answer([{"a": 1, "b": 2, "c": 3}])))
    assert answer["month"] in ("2024-01", "2024-02")
    with pytest.raises(ValueError, match="row 1 holds a list in 'b'"):
        service.answer([{"a": 1, "b": [2], "c": 3}])
    service.close()


def test_health_model_and_card(running):
    assert json.loads(running.get("/health"))["status"] == "ok"
    assert json.loads(running.get("/model"))["classes"] == ["bad", "good"]
    assert running.get("/card").startswith("# SequenceClassifier: gru")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "JSON decode error"),
        ({"row": ["a"]}, "row: Extra inputs"),
        ({"rows": "a"}, "rows: Input should be a valid list"),
        ({}, "rows holds 0; give 1 to 10,000"),
        ({"rows": []}, "rows holds 0"),
        ({"rows": ["a", 1]}, "texts and lists"),
        ({"rows": [None]}, "rows holds null"),
        ({"rows": [{"text": "a"}]}, "none has 'review'"),
        ({"rows": [{"review": {"a": 1}}]}, "row 1 holds an object in 'review'"),
        ({"rows": [[1.0, 2.0]]}, "was fitted on strings"),
        ({"rows": ["a"], "steps": 3}, "steps and interval are for forecasts"),
        ({"rows": ["a"], "interval": 1.5}, "interval: Input should be less than 1"),
    ],
)
def test_a_bad_request_is_422_and_says_what_was_wrong(running, body, message):
    status, said = running.post(body)
    assert status == 422
    assert message in said["detail"]


def test_forecasts_with_dates(tmp_path):
    days = pd.date_range("2024-01-01", periods=40)
    frame = pd.DataFrame({"day": days, "sold": np.arange(40) % 7 + np.arange(40) % 5})
    forecaster = keraseq.SequenceForecaster(
        "nlinear", horizon=3, lookback=14, epochs=1, date_col="day", value_cols="sold",
        random_state=0,
    ).fit(frame)  # fmt: skip
    forecaster.save(tmp_path / "sales.keraseq")
    running = Running(tmp_path / "sales.keraseq")
    try:
        expected = forecaster.predict()
        status, said = running.post({"interval": 0.5})
        assert status == 200
        assert [row["day"] for row in said["answers"]] == [
            "2024-02-10T00:00:00", "2024-02-11T00:00:00", "2024-02-12T00:00:00",
        ]  # fmt: skip
        np.testing.assert_allclose([row["sold"] for row in said["answers"]], expected["sold"])
        assert said["answers"][0]["sold lower"] < said["answers"][0]["sold upper"]
        # Another history, the rows in any order.
        later = frame.assign(day=(frame["day"] + pd.Timedelta(days=366)).astype(str))
        status, said = running.post({"rows": later[::-1].to_dict("records"), "steps": 1})
        assert (status, len(said["answers"])) == (200, 1)
        assert said["answers"][0]["day"] == "2025-02-10T00:00:00"
        for rows, message in [
            ([{"sold": 1}], "none has 'day'"),
            ([{"day": "soon", "sold": 1}], "does not hold dates"),
            ([{"day": "2024-01-01", "sold": 1}], "lookback"),
        ]:
            status, said = running.post({"rows": rows})
            assert (status, message in said["detail"]) == (422, True), said
    finally:
        running.close()


def test_one_call_answers_what_comes_together():
    asked, gate = [], threading.Event()

    def double(rows):
        asked.append(len(rows))
        gate.wait(10)
        return [2 * row for row in rows]

    with Batcher(double, wait=0.2) as batcher, ThreadPoolExecutor(8) as threads:
        first = threads.submit(batcher, [0])
        while not asked:
            time.sleep(0.001)
        later = [threads.submit(batcher, [i, i]) for i in range(1, 7)]
        gate.set()
        assert first.result() == [0]
        assert [one.result() for one in later] == [[2 * i, 2 * i] for i in range(1, 7)]
    assert batcher.n_calls == 2
    with pytest.raises(RuntimeError, match="closing"):
        batcher([1])


def test_a_bad_row_spoils_no_other_request():
    def invert(rows):
        return [1 / row for row in rows]

    with Batcher(invert, wait=0.1) as batcher, ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(batcher, [row]) for row in (1, 0, 2)]
        assert asked[0].result() == [1.0]
        assert asked[2].result() == [0.5]
        with pytest.raises(ZeroDivisionError):
            asked[1].result()

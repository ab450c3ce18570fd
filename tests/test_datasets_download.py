"""Downloads from a server on this machine: what is kept, what is refused, what the errors say."""

import contextlib
import hashlib
import http.server
import socket
import subprocess
import sys
import threading
import time

import pytest

from keraseq.datasets import (
    _sources,
    fetch_airline_tweets,
    fetch_sst2,
    fetch_tiny_shakespeare,
    fetch_trec,
    fetch_ucr,
)

TREC = b"5 How far is it to Aspen ?\n4 What county is it in ?\n"
KEY = "trec/TREC.train.all"


class Pages(dict):
    """What the server sends: path to (status, body, announced length); it counts its requests."""

    requests = 0
    delay = 0.0


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    """No mirror, a cache of its own, and addresses at which nobody answers."""
    monkeypatch.delenv("KERASEQ_DATA", raising=False)
    monkeypatch.setenv("KERASEQ_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for key in _sources.URLS:
        monkeypatch.setitem(_sources.URLS, key, f"http://127.0.0.1:{port}/{key}")


@pytest.fixture
def server(monkeypatch):
    pages = Pages()

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 20

        def do_GET(self):
            pages.requests += 1
            time.sleep(pages.delay)
            status, body, announced = pages.get(self.path, (404, b"not here", None))
            self.send_response(status)
            self.send_header("Content-Length", str(announced or len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        for key in _sources.URLS:
            address = f"http://127.0.0.1:{httpd.server_port}/{key}"
            monkeypatch.setitem(_sources.URLS, key, address)
        yield pages
        httpd.shutdown()
        thread.join(20)


def files_below(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_download_is_cached_and_its_hash_recorded(server, tmp_path):
    server[f"/{KEY}"] = (200, TREC, None)
    first = fetch_trec()
    del server[f"/{KEY}"]
    second = fetch_trec()
    assert first.data == second.data == ["How far is it to Aspen ?", "What county is it in ?"]
    assert server.requests == 1
    assert files_below(tmp_path / "home") == [KEY, f"{KEY}.sha256"]
    recorded = (tmp_path / "home" / f"{KEY}.sha256").read_text().strip()
    assert recorded == hashlib.sha256(TREC).hexdigest()


def test_data_home_comes_before_the_environment(server, tmp_path):
    server[f"/{KEY}"] = (200, TREC, None)
    fetch_trec(data_home=tmp_path / "mine")
    assert files_below(tmp_path) == [f"mine/{KEY}", f"mine/{KEY}.sha256"]
    with pytest.raises(TypeError, match="data_home=3"):
        fetch_trec(data_home=3)
    with pytest.raises(NotADirectoryError, match="is a file"):
        fetch_trec(data_home=tmp_path / "mine" / KEY)


def test_a_changed_file_is_refused_and_the_error_says_what_to_do(server, tmp_path):
    server[f"/{KEY}"] = (200, TREC, None)
    fetch_trec()
    path = tmp_path / "home" / KEY
    path.write_bytes(TREC + b"0 What is an atom ?\n")
    with pytest.raises(ValueError, match=r"has changed.*Delete both files.*delete only TREC"):
        fetch_trec()
    path.with_name(path.name + ".sha256").unlink()
    assert len(fetch_trec().data) == 3


def test_a_new_download_must_match_the_record(server, tmp_path):
    server[f"/{KEY}"] = (200, TREC, None)
    fetch_trec()
    (tmp_path / "home" / KEY).unlink()
    server[f"/{KEY}"] = (200, b"0 Replaced ?\n", None)
    with pytest.raises(ValueError, match="delete that record to accept the new file"):
        fetch_trec()
    assert files_below(tmp_path / "home") == [f"{KEY}.sha256"]


def test_wrong_publisher_checksum_keeps_nothing(server, tmp_path):
    server["/shakespeare/input.txt"] = (200, b"To be", None)
    with pytest.raises(ValueError, match="checksum that its publisher states") as caught:
        fetch_tiny_shakespeare()
    assert "sha256:86c4e6aa" in str(caught.value)
    assert files_below(tmp_path) == []


def test_publisher_checksum_is_verified_in_the_cache(monkeypatch, server, tmp_path):
    known = "sha256:" + hashlib.sha256(b"To be, or not").hexdigest()
    monkeypatch.setitem(_sources.CHECKSUMS, "shakespeare/input.txt", known)
    server["/shakespeare/input.txt"] = (200, b"To be, or not", None)
    assert fetch_tiny_shakespeare(subset="all").data == "To be, or not"
    assert files_below(tmp_path / "home") == ["shakespeare/input.txt"]
    (tmp_path / "home" / "shakespeare" / "input.txt").write_bytes(b"To be")
    with pytest.raises(ValueError, match=r"publisher's is .*Delete it"):
        fetch_tiny_shakespeare()


# More than one chunk, so that a first part has already been written when the connection ends.
@pytest.mark.parametrize("size", [1, 5000])
def test_a_truncated_download_leaves_nothing(server, tmp_path, size):
    body = TREC * size
    server[f"/{KEY}"] = (200, body, len(body) + 10)
    with pytest.raises(FileNotFoundError, match="could not be downloaded"):
        fetch_trec()
    assert files_below(tmp_path) == []
    server[f"/{KEY}"] = (200, body, None)
    assert len(fetch_trec().data) == 2 * size


def test_bytes_are_counted_where_the_http_library_does_not(monkeypatch, server, tmp_path):
    import urllib3

    # urllib3 1.x, still allowed by requests, took a connection that ends early for the end.
    original = urllib3.HTTPResponse.__init__

    def lenient(self, *args, **kwargs):
        original(self, *args, **kwargs | {"enforce_content_length": False})

    monkeypatch.setattr(urllib3.HTTPResponse, "__init__", lenient)
    server[f"/{KEY}"] = (200, TREC, len(TREC) + 10)
    with pytest.raises(FileNotFoundError, match=f"ended after {len(TREC)} of {len(TREC) + 10}"):
        fetch_trec()
    assert files_below(tmp_path) == []


def test_404_names_the_address_and_the_place(server, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        fetch_ucr("ItalyPowerDemand")
    message = str(caught.value)
    assert "404" in message and "\n" not in message
    assert "/ucr/ItalyPowerDemand.zip" in message
    assert str(tmp_path / "home" / "ucr" / "ItalyPowerDemand.zip") in message
    assert "ucr/ItalyPowerDemand.npz or uea/ItalyPowerDemand_TRAIN.ts" in message
    assert files_below(tmp_path) == []


def test_without_network_the_error_says_which_file_goes_where(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASEQ_DATA", str(tmp_path / "mirror"))
    with pytest.raises(FileNotFoundError) as caught:
        fetch_sst2(subset="test")
    message = str(caught.value)
    assert "\n" not in message
    assert str(tmp_path / "home" / "sst2" / "stsa.binary.test") in message
    assert "KERASEQ_DATA" in message and str(tmp_path / "mirror") in message
    assert files_below(tmp_path) == []


def test_kaggle_is_never_asked(server, tmp_path):
    with pytest.raises(FileNotFoundError, match="Kaggle asks for a login") as caught:
        fetch_airline_tweets()
    assert str(tmp_path / "home" / "airline_tweets" / "Tweets.csv") in str(caught.value)
    assert server.requests == 0


def test_an_unknown_problem_is_not_downloaded(server, tmp_path):
    with pytest.raises(ValueError, match="Did you mean 'ItalyPowerDemand'"):
        fetch_ucr("ItalyPowerDemnd")
    with pytest.raises(ValueError, match=r"must consist of letters"):
        fetch_ucr("../trec/TREC")
    assert server.requests == 0 and files_below(tmp_path) == []


def test_a_page_instead_of_a_zip_is_reported(server):
    server["/ucr/Coffee.zip"] = (200, b"<html>moved</html>", None)
    with pytest.raises(ValueError, match=r"Coffee\.zip cannot be read as a zip .* delete it"):
        fetch_ucr("Coffee")


def test_two_processes_may_download_at_once(server, tmp_path):
    body = TREC * 20_000
    server[f"/{KEY}"] = (200, body, None)
    server.delay = 0.5  # both are under way before either is done
    code = (
        "from keraseq.datasets import _sources, fetch_trec\n"
        f"_sources.URLS[{KEY!r}] = {_sources.URLS[KEY]!r}\n"
        "print(len(fetch_trec().data))\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=120)[0].strip() for process in processes] == ["40000"] * 2
    assert (tmp_path / "home" / KEY).read_bytes() == body
    assert files_below(tmp_path / "home") == [KEY, f"{KEY}.sha256"]

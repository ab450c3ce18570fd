"""The pages that benchmarks write."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

FILE = Path(__file__).parents[1] / "benchmarks" / "_results.py"


def load_results():
    spec = importlib.util.spec_from_file_location("_results", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


results = load_results()


def test_a_section_replaces_the_one_of_its_title_and_the_page_is_sorted(tmp_path):
    path = tmp_path / "scores.md"
    frame = pd.DataFrame({"model": ["gru", "a|b"], "error": [0.12345, None], "weights": [5000, 7]})
    results.write_section("Zebra", frame, seeds=[0, 1], path=path)
    results.write_section("ant", frame, path=path, command="python x.py", notes="First.")
    results.write_section("Ant", frame[:1], path=path, command="python x.py", notes="Second.")
    text = path.read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Ant", "## Zebra"]
    assert "| gru | 0.123 | 5000 |" in text and "| a\\|b |  | 7 |" in text
    assert "Second." in text and "First." not in text
    assert "- Seeds: 0, 1" in text and "- `python x.py`" in text
    assert "keras 3." in text and "tensorflow 2." in text
    assert results.read_sections(path)[1]["rows"][0]["error"] == 0.12345


def test_what_the_zoos_page_shows_must_be_a_column(tmp_path):
    with pytest.raises(ValueError, match="no column 'mse'"):
        results.write_section("a", [{"model": "gru"}], zoo={"x": "mse"}, path=tmp_path / "s.md")


def test_several_write_one_page_at_a_time(tmp_path):
    path = tmp_path / "scores.md"
    with ThreadPoolExecutor(8) as pool:
        for name in range(40):
            pool.submit(results.write_section, f"{name}", [{"model": name}], path=path)
    headings = [line for line in path.read_text().splitlines() if line.startswith("## ")]
    assert len(headings) == 40
    assert path.read_text() == results.page_text(path)


def test_pages_are_what_their_sections_say():
    for path in results.pages():
        assert path.read_text(encoding="utf-8") == results.page_text(path)

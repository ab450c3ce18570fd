"""The report is a page that people send on: whole, readable and the same numbers everywhere."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from _comparisons import BASELINES, drawn_comparison

from keraseq._colours import assign_colours
from keraseq.comparison.report._view import Axis

_VOID = {"meta", "link", "wbr", "br", "img"}


class Page(HTMLParser):
    """A page as a list of elements: name, attributes and text; raises where tags do not match."""

    def __init__(self, source):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(source)
        self.close()
        assert not self._open

    def handle_starttag(self, name, attributes):
        element = {"name": name, "text": "", "path": [e["name"] for e in self._open]}
        self.elements.append(element | {"attributes": dict(attributes)})
        if name not in _VOID:
            self._open.append(self.elements[-1])

    def handle_startendtag(self, name, attributes):
        self.elements.append({"name": name, "attributes": dict(attributes), "text": "", "path": []})

    def handle_endtag(self, name):
        assert self._open.pop()["name"] == name

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def find(self, name, **attributes):
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            e
            for e in self.elements
            if e["name"] == name and all(e["attributes"].get(k) == v for k, v in wanted.items())
        ]


def write(result, folder):
    result.report(folder / "report.html")
    source = (folder / "report.html").read_text(encoding="utf-8")
    return source, Page(source)


@pytest.fixture(scope="module")
def result():
    return drawn_comparison(6, spread=0.02)


@pytest.fixture(scope="module")
def page(result, tmp_path_factory):
    return write(result, tmp_path_factory.mktemp("report"))


def verdict(page):
    (found,) = page.find("p", class_="verdict")
    return found["text"]


def test_the_page_needs_no_network_and_no_other_file(page):
    source, parsed = page
    assert not re.search(r"https?:|//[a-z]|@import|url\(", source)
    for element in parsed.elements:
        for name in ("src", "href"):
            assert element["attributes"].get(name, "data:").startswith("data:")
    (policy,) = parsed.find("meta", http_equiv="Content-Security-Policy")
    assert policy["attributes"]["content"].startswith("default-src 'none'")


def test_the_verdict_is_two_sentences(result, page):
    best, second = result.table.index[:2]
    first, luck = verdict(page[1]).split(". ")
    score = result.table.loc[best, "score"]
    gap = score - result.table.loc["TF-IDF + logistic", "score"]
    assert first.startswith(f"{best} has the best accuracy, {score:.3f} (95 % interval ")
    assert first.endswith(f"{gap:+.3f} against the best baseline, TF-IDF + logistic")
    alike = result.significance.query("a == @best and not detectable")["b"]
    assert len(alike) in (1, 2) and second in set(alike)
    assert luck.startswith(f"Over 5 runs it cannot be told apart from {' and '.join(alike)} and ")
    assert luck.endswith(".")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"n_models": 2, "n_runs": 1}, "With one run nothing can be said about luck"),
        ({"n_models": 2, "spread": 0.3}, "it cannot be told apart from"),
        (
            {"n_models": 3, "spread": 0.001},
            "Over 5 runs it is detectably better than all 4 others.",
        ),
        ({"n_models": 1, "baselines": {"flat": 0.99}}, "No model beats the baseline flat, with"),
        ({"n_models": 1, "baselines": {"flat": 0.99}}, "Over 5 runs flat is detectably better"),
        (
            {"n_models": 3, "spread": 0, "step": 0, "baselines": {"flat": 0.5}},
            "m0, m1 and m2 share the best accuracy, 0.950, +0.450 against the best baseline, flat. "
            "Over 5 runs m0 cannot be told apart from m1 and m2",
        ),
        (
            {"n_models": 1, "spread": 0, "baselines": {"flat": 0.99, "level": 0.99}},
            "No model beats the baselines flat and level, with accuracy 0.990; the best model",
        ),
        ({"n_models": 1, "baselines": {}}, "There is nothing to tell it apart from."),
        ({"n_models": 1, "baselines": {}, "failing": ("m0",)}, "Every fit failed"),
    ],
)
def test_the_verdict_of_other_findings(asked, words, tmp_path):
    assert words in verdict(write(drawn_comparison(**asked), tmp_path)[1])


def test_every_model_stands_once_in_the_ranking_and_once_in_the_table(result, page):
    names = list(result.table.index)
    in_table = [e["text"] for e in page[1].find("th", scope="row") if "data-v" in e["attributes"]]
    assert in_table == names
    ranked = [e["text"] for e in page[1].find("span", class_="name")]
    assert ranked == names


def test_the_table_can_be_sorted_and_its_headings_say_so(page):
    heads = [e for e in page[1].find("th", scope="col") if "aria-sort" in e["attributes"]]
    texts = [head["text"] for head in heads]
    assert texts[:2] == ["model", "accuracy"] and "fit time, s" in texts
    # The fastest baseline takes less than a hundredth of a millisecond: not "0.000872 ms".
    assert "time a row of many, µs" in texts
    assert [head["attributes"]["aria-sort"] for head in heads][:2] == ["none", "descending"]
    assert len([e for e in page[1].find("button") if "th" in e["path"]]) == len(heads)


def test_numbers_have_the_same_digits_everywhere(result, page):
    source, parsed = page
    assert not re.search(r">\d+e[+-]\d+<", source)
    for name, row in result.table.iterrows():
        score = f"{row['score']:.3f}"
        shown = [e for e in parsed.find("b") if e["text"] == score]
        assert len(shown) >= 2, name  # in the ranking and in the table


def test_every_pair_is_a_cell_that_says_size_interval_and_p(result, page):
    cells = [e for e in page[1].find("td", tabindex="-1") if "aria-label" in e["attributes"]]
    assert len(cells) == 8 * 7 / 2
    said = [cell["attributes"]["aria-label"] for cell in cells]
    row = result.significance.iloc[0]
    start = f"{row.a} against {row.b}: {row.difference:+.3f}, interval {row.low:+.3f} to "
    assert sum(text.startswith(start) for text in said) == 1
    apart = sum(text.endswith("; told apart.") for text in said)
    assert apart == result.significance["detectable"].sum()


def test_pairs_of_which_too_few_runs_succeeded_are_not_compared(tmp_path):
    records = drawn_comparison(3)._records
    for record in records:
        if record["model"] == "m1" and record["run"] > 0:
            record.update(score=np.nan, error="MemoryError: no room")
    about = drawn_comparison(1).about
    result = type(drawn_comparison(1))(
        records, task="classification", ratio=0.25, paired=True, about=about
    )
    source, parsed = write(result, tmp_path)
    assert len(parsed.find("td", class_="none")) == 4
    assert "MemoryError: no room" in source and "m1 failed in 4 of 5 runs" in source
    assert any(e["attributes"].get("class") == "loose" for e in parsed.find("line"))


def test_a_model_has_one_colour_on_the_page_and_in_the_plots(result, page):
    expected = assign_colours(result.scores.columns, grey=result.baselines)
    rows = [e for e in page[1].elements if e["name"] in ("li", "tr", "figure")]
    seen = {name: set() for name in expected}
    for element in rows:
        style = element["attributes"].get("style", "")
        for name in expected:
            if style.startswith("--c:") and element["text"].startswith(name):
                seen[name].add(style)
    assert seen == {name: {f"--c:{colour}"} for name, colour in expected.items()}


def test_learning_curves_are_small_multiples_with_words_for_those_who_do_not_see(result, page):
    drawings = page[1].find("svg", role="img")
    assert len(drawings) == len(page[1].find("figure")) == 6
    for drawing in drawings:
        label = drawing["attributes"]["aria-label"]
        assert re.fullmatch(
            r"m\d: loss from [\d.]+ to [\d.]+, validation from [\d.]+ to [\d.]+ in \d+ epochs",
            label,
        )
    assert len(page[1].find("polygon", class_="band")) == 12


def test_data_settings_and_the_call_follow(result, page):
    source, parsed = page
    headings = [e["text"] for e in parsed.find("h2")]
    assert headings == [
        "Ranking", "Score and cost", "Differences, pair by pair", "Learning curves",
        "Data", "Settings", "The call", "Every run",
    ]  # fmt: skip
    (call,) = parsed.find("code")
    assert call["text"] == result.about["call"]
    for section in parsed.find("section"):
        assert parsed.find("h2", id=section["attributes"]["aria-labelledby"])
    assert "a1b2c3" in source


@pytest.mark.parametrize(("n_models", "n_runs"), [(1, 1), (1, 5), (2, 2), (30, 5)])
def test_any_number_of_models_and_runs(n_models, n_runs, tmp_path):
    source, parsed = write(drawn_comparison(n_models, n_runs), tmp_path)
    assert len(parsed.find("li", class_="baseline")) == len(BASELINES)
    assert len(parsed.find("span", class_="name")) == n_models + len(BASELINES)
    assert ("Differences, pair by pair" in source) == (n_runs > 1)


def test_a_baseline_far_below_does_not_press_the_models_together(tmp_path):
    baselines = {"near": 0.92, "far": 0.1}
    asked = {"spread": 0, "step": 0.002, "baselines": baselines}
    source, many = write(drawn_comparison(8, **asked), tmp_path)
    (arrow,) = many.find("text", class_="beyond")
    assert arrow["text"] == "◂"
    assert "An arrow stands for a score far below." in source
    dots = sorted(float(e["attributes"]["cx"].rstrip("%")) for e in many.find("circle", r="5"))
    # The eight models have a step of .002 each, and the near baseline .016 more.
    np.testing.assert_allclose(np.diff(dots), [94.34 * 16 / 30] + [94.34 * 2 / 30] * 7, atol=0.02)
    assert [e["text"] for e in many.find("span", class_="name")][-1] == "far"
    # Of few models it says how little they differ.
    assert not write(drawn_comparison(3, **asked), tmp_path)[1].find("text", class_="beyond")


def test_nothing_is_drawn_by_matplotlib_so_that_nothing_leaks(result, tmp_path):
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    write(result, tmp_path)
    assert plt.get_fignums() == before


def test_names_are_text_and_not_html(tmp_path):
    odd = "<b>&\"'$x</b>"
    source, parsed = write(drawn_comparison(2, names=[odd, "gru"]), tmp_path)
    assert odd not in source
    assert odd in [e["text"] for e in parsed.find("span", class_="name")]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-1.31, -0.82, ["-1.3", "-1.2", "-1.1", "-1.0", "-0.9"]),
        (0.912, 0.934, ["0.915", "0.920", "0.925", "0.930"]),
    ],
)
def test_ticks_are_round(low, high, ticks):
    axis = Axis(low, high)
    assert [axis.write(tick) for tick in axis.ticks] == ticks
    assert axis.place(low) == "2.83%" and axis.place(high) == "97.17%"
    assert len(Axis(0.5, 0.5).ticks) > 1

"""The page of all models, and what a registry says of each."""

import importlib
from pathlib import Path

import pytest

import keraseq

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def zoo_page(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("zoo_page")


def test_the_page_is_what_the_generator_writes(zoo_page):
    stale = "run python benchmarks/zoo_page.py"
    assert zoo_page.PAGE.read_text(encoding="utf-8") == zoo_page.page_text(), stale


def test_a_model_without_a_measurement_has_a_dash(zoo_page):
    specs = [keraseq.models.find_model(name) for name in ("gru", "dlinear")]
    speeds = {"gru": {"step_of_gru": 1.0, "row_of_gru": 12.3}}
    _, _, measured, other = zoo_page.models_table(specs, speeds).splitlines()
    weights = f"{keraseq.model_info('gru').default_size:,}"
    assert f"| 2014 | {weights} | 1.00 | 12 | no | yes |" in measured
    assert "| – | – | yes | – | forecasting |" in other


def test_scores_that_benchmarks_give_the_page_stand_beside_their_models(zoo_page, monkeypatch):
    records = [
        {
            "zoo": {"set, error": "error"},
            "rows": [{"model": "lstm", "error": 0.25}, {"model": "a rival", "error": 0.1}],
        },
        {"zoo": None, "rows": [{"model": "gru"}]},
    ]
    monkeypatch.setattr(zoo_page, "read_sections", lambda: records)
    text = zoo_page.scores_table(["gru", "lstm"])
    assert text.splitlines()[2:] == [
        "| model | set, error |",
        "|---|--:|",
        "| `lstm` | 0.250 |",
    ]


def test_a_family_is_chosen_by_name():
    families = keraseq.models.FAMILIES
    of_family = [name for family in families for name in keraseq.list_models(family=family)]
    assert sorted(of_family) == keraseq.list_models()
    assert "tcn" in keraseq.list_models(family="convolutional")
    with pytest.raises(ValueError, match=r"'recurrent', 'convolutional'.*Did you mean 'linear'"):
        keraseq.list_models(family="linea")

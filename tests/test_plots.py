"""Plots as people meet them: shown, titled, in the same colours, and saying what the table says."""

import io

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from _comparisons import drawn_comparison

from keraseq import _format, plots
from keraseq._colours import assign_colours
from keraseq.comparison.costs import telling_cost
from keraseq.comparison.ranking import alike_stretches, judged_pairs


@pytest.fixture(autouse=True)
def close_figures():
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def result():
    return drawn_comparison(6)


def flow(names=("simple_rnn", "lstm"), reads="last"):
    rows = [
        (name, reads, 0, wrt, layer, back, 0.5**back)
        for name in names
        for wrt, layer in (("input", 0), ("cell state", 1))
        if wrt == "input" or name == "lstm"
        for back in range(10)
    ]
    columns = ["model", "reads", "seed", "wrt", "layer", "steps_back", "norm"]
    return pd.DataFrame(rows, columns=columns)


def is_blank(figure):
    page = io.BytesIO()
    figure.savefig(page, format="png", dpi=50)
    page.seek(0)
    return plt.imread(page).std() == 0


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def test_a_display_is_the_current_figure_so_that_it_is_shown_and_saved():
    backend = plt.get_backend()
    display = plots.GradientFlowDisplay.from_frame(flow())
    assert plt.gcf() is display.figure_ and plt.gca() is display.ax_
    page = io.BytesIO()
    plt.savefig(page, format="png")
    page.seek(0)
    assert plt.imread(page).std() > 0.01
    assert plt.get_backend() == backend


def test_axes_that_are_given_are_used_and_no_figure_is_made():
    figure, axes = plt.subplots(2, 2)
    display = plots.GradientFlowDisplay.from_frame(flow(), ax=axes[0, 0])
    assert display.ax_ is axes[0, 0] and display.figure_ is figure
    assert plt.get_fignums() == [figure.number]


def test_a_loop_over_many_plots_leaves_no_heap_of_figures_and_no_warning():
    shown = [plots.GradientFlowDisplay.from_frame(flow()) for _ in range(25)]
    assert len(plt.get_fignums()) <= plt.rcParams["figure.max_open_warning"]
    # The first can still be saved, and the last is still shown.
    assert not is_blank(shown[0].figure_) and plt.gcf() is shown[-1].figure_


@pytest.mark.parametrize("draw", ["plot", "learning_curves"])
def test_a_legend_stays_inside_the_axes_of_a_grid(result, draw):
    figure, axes = plt.subplots(2, 2, figsize=(12, 9))
    arguments = {"cost": "seconds"} if draw == "plot" else {}
    ax = getattr(result, draw)(ax=axes[0, 0], **arguments).ax_
    figure.canvas.draw()
    box, frame = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert frame.x0 <= box.x0 and box.x1 <= frame.x1
    assert frame.y0 <= box.y0 and box.y1 <= frame.y1


def test_a_display_on_the_axes_of_another_one_reads_the_same_way():
    horizons = pd.DataFrame({"model": ["gru"], "reads": "last", "seed": 0, "lag": 5, "horizon": 5})
    displays = {
        "x": plots.GradientFlowDisplay.from_frame(flow()),
        "y": plots.MemoryHorizonDisplay.from_frame(horizons),
        "ranks": drawn_comparison().join(drawn_comparison(seed=1)).plot(),
    }
    for name, display in displays.items():
        display.plot(ax=display.ax_)
        axis = display.ax_.yaxis if name == "y" else display.ax_.xaxis
        assert axis.get_inverted()


def test_the_ranking_is_the_default_and_labels_every_model_with_its_score(result):
    display = result.plot()
    assert isinstance(display, plots.RankingDisplay)
    expected = [f"{name}  {score:.3f}" for name, score in result.table["score"].items()]
    assert ticks(display.ax_.yaxis) == expected
    assert display.ax_.get_title() == "6 models by accuracy, 5 runs"
    # A vertical line for each baseline, at its score.
    lines = [line.get_xdata()[0] for line in display.ax_.lines if list(line.get_ydata()) == [0, 1]]
    assert sorted(lines) == sorted(result.table.loc[result.baselines, "score"])


def test_a_baseline_far_below_is_an_arrow_of_the_ranking():
    baselines = {"near": 0.92, "far": 0.1}
    result = drawn_comparison(8, spread=0, step=0.002, baselines=baselines)
    ax = result.plot().ax_
    low, high = ax.get_xlim()
    assert 0.9 < low < 0.92 and 0.95 < high < 0.96
    (arrow,) = [line for line in ax.lines if line.get_marker() == "<"]
    assert ticks(ax.yaxis)[arrow.get_ydata()[0]] == "far  0.100"


@pytest.mark.parametrize(("n_models", "n_runs"), [(1, 5), (2, 2), (30, 5), (3, 1)])
def test_any_number_of_models_and_runs_is_drawn(n_models, n_runs):
    result = drawn_comparison(n_models, n_runs)
    for display in (result.plot(), result.plot("cost"), result.learning_curves()):
        assert not is_blank(display.figure_)
        assert display.ax_.get_title()


def test_a_model_without_a_score_is_no_point(result):
    failed = drawn_comparison(3, failing=("m1",))
    assert not any(label.startswith("m1") for label in ticks(failed.plot().ax_.yaxis))
    for kind in ("ranking", "cost", "critical_difference"):
        with pytest.raises(ValueError, match="Every fit failed"):
            drawn_comparison(1, baselines={}, failing=("m0",)).plot(kind)


def test_a_model_keeps_its_colour_in_every_plot(result):
    names = list(result.scores.columns)
    expected = {n: matplotlib.colors.to_rgba(c) for n, c in assign_colours(names).items()}
    models = [n for n in names if n not in result.baselines]
    curves = {
        line.get_label(): matplotlib.colors.to_rgba(line.get_color())
        for line in result.learning_curves().ax_.lines
    }
    handles = result.plot("cost").ax_.get_legend_handles_labels()
    costs = {
        name: matplotlib.colors.to_rgba(handle[0].get_color())
        for handle, name in zip(*handles, strict=True)
        if name in models
    }
    ranking = {
        text.split()[0]: matplotlib.colors.to_rgba(line.get_color())
        for text, line in zip(
            ticks(result.plot().ax_.yaxis),
            [line for line in result.plot().ax_.lines if line.get_marker() != "None"],
            strict=True,
        )
        if text.split()[0] in models
    }
    for name in models:
        assert curves[name] == costs[name] == ranking[name] == expected[name]
    # Of a frame of two models each keeps its colour where only one of them is drawn.
    of_input, of_cell = (plots.GradientFlowDisplay.from_frame(flow(), wrt=w) for w in _WRT)
    assert of_cell.ax_.lines[0].get_color() == of_input.ax_.lines[1].get_color()


_WRT = ("input", "cell state")


def test_thirty_models_have_thirty_colours_that_stand_out_from_paper_and_dark_pages():
    palette = list(assign_colours(map(str, range(30))).values())
    assert len(set(palette)) == 30

    def luminance(colour):
        parts = np.array(matplotlib.colors.to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for colour in palette:  # WCAG 2.2, 1.4.11: 3:1 for what is no text
        assert 1.05 / (luminance(colour) + 0.05) >= 3
        assert (luminance(colour) + 0.05) / (luminance("#16181d") + 0.05) >= 3


def significance(*rows):
    return pd.DataFrame(rows, columns=["a", "b", "p", "detectable"])


def ends(stretches, is_compared):
    return [(s.first, s.last) for s in stretches if s.is_compared is is_compared]


def test_the_plot_joins_what_the_table_does_not_tell_apart():
    table = significance(
        ("a", "b", 0.5, False), ("a", "c", 0.01, True), ("b", "c", 0.2, False),
        ("a", "d", 0.01, True), ("b", "d", 0.01, True), ("c", "d", 0.01, True),
    )  # fmt: skip
    found = alike_stretches(list("abcd"), judged_pairs(table))
    assert ends(found, True) == [(0, 1), (1, 2)] and ends(found, False) == []


def test_a_pair_that_is_missing_is_not_different_but_not_compared():
    rows = [("a", "b", 0.5, False), ("a", "c", 0.4, False)]
    for table in (significance(*rows), significance(*rows, ("b", "c", np.nan, False))):
        found = alike_stretches(list("abc"), judged_pairs(table))
        assert ends(found, True) == [(0, 1)] and ends(found, False) == [(0, 2)]
    different = significance(*rows, ("b", "c", 0.01, True))
    assert ends(alike_stretches(list("abc"), judged_pairs(different)), False) == []


def test_nothing_told_apart_is_one_bar():
    """The issue's case: no pair is detectable, so that one bar joins all, baselines too."""
    result = drawn_comparison(3, baselines={"m-baseline": 0.93, "other": 0.92}, spread=0.2)
    table = result.significance
    assert not table["detectable"].any()
    assert len(table) == 10
    for kind in ("critical_difference", "ranking"):
        assert ends(result.plot(kind).stretches, True) == [(0, 4)]


def test_score_is_drawn_against_the_cost_that_differs(result):
    # All have 30,000 weights; their operations differ.
    assert telling_cost(result.table) == "flops"
    assert result.plot("cost").ax_.get_xlabel() == "floating-point operations a sequence"
    assert result.plot("cost").ax_.get_title() == "accuracy against operations"
    sized = result.table.assign(parameters=np.arange(len(result.table)) * 1000.0 + 1000)
    assert telling_cost(sized) == "parameters"


def test_learning_curves_show_the_range_of_the_runs(result):
    display = result.learning_curves()
    assert display.ax_.get_title() == "loss by epoch, mean and range of 5 runs"
    assert legend(display) == [*(f"m{place}" for place in range(6)), "validation"]
    line = next(line for line in display.ax_.lines if line.get_label() == "m0")
    runs = result.histories.query("model == 'm0' and metric == 'loss' and epoch == 1")["value"]
    assert line.get_ydata()[0] == pytest.approx(runs.mean())


def test_a_reading_that_goes_around_the_memory_is_named():
    display = plots.GradientFlowDisplay.from_frame(flow(reads="mean_max"))
    assert legend(display)[0] == "simple_rnn (reads mean_max)"
    assert display.ax_.get_title() == "Gradient with respect to the input"
    cell = plots.GradientFlowDisplay.from_frame(flow(), wrt="cell state")
    assert cell.ax_.get_title() == "Gradient with respect to the cell state, layer 1"


def test_ticks_of_scaling_are_numbers_that_can_be_read():
    rows = [
        ("gru", "train_seconds", "length", size, 0.0031 * size, 0.003 * size, 0.0033 * size, 1, 0.1)
        for size in (64, 128, 256)
    ]
    columns = [
        "model",
        "quantity",
        "axis",
        "size",
        "value",
        "low",
        "high",
        "exponent",
        "exponent_error",
    ]
    display = plots.ScalingDisplay.from_frame(pd.DataFrame(rows, columns=columns))
    display.figure_.canvas.draw()
    low, high = display.ax_.get_ylim()
    seen = [float(text) for text in ticks(display.ax_.yaxis) if low <= float(text) <= high]
    assert seen == [0.2, 0.5]
    assert ticks(display.ax_.xaxis) == ["64", "128", "256"]


def test_bands_differ_in_the_legend():
    dates = pd.date_range("2024-01-01", periods=6)
    ahead = pd.Series(np.arange(3.0), dates[3:])
    bands = {c: pd.DataFrame({"lower": ahead - c, "upper": ahead + c}) for c in (0.5, 0.9)}
    history = pd.Series(np.zeros(3), dates[:3])
    display = plots.ForecastDisplay(history, ahead, bands=bands, title="gru: forecast of y").plot()
    wide, narrow = display.ax_.get_legend().legend_handles[1:3]
    assert legend(display)[1:3] == ["90% interval", "50% interval"]
    assert narrow.get_facecolor()[3] > wide.get_facecolor()[3]
    assert display.ax_.get_title() == "gru: forecast of y"


def test_numbers_are_written_alike():
    assert _format.interval(-0.1, 0.25, write=_format.difference) == "-0.100 to +0.250"
    assert _format.interval(np.nan, 1.0) == "" and _format.p_value(np.nan) == ""
    assert _format.p_value(0.0004999) == "p < 0.001" and _format.p_value(0.0005) == "p = 0.001"
    assert _format.amount(0.000872) == "0.001" and _format.amount(12345.6) == "12,346"


@pytest.mark.parametrize("draw", ["cost", "curves"])
def test_many_models_are_named_where_they_stand_and_no_name_covers_another(draw):
    result = drawn_comparison(25)
    shown = result.plot("cost") if draw == "cost" else result.learning_curves()
    shown.figure_.draw_without_rendering()
    names = {text.get_text(): text.get_window_extent() for text in shown.ax_.texts}
    assert set(names) == {f"m{place}" for place in range(25)}
    boxes = list(names.values())
    height = min(box.height for box in boxes)
    for place, one in enumerate(boxes):
        assert one.y1 > shown.ax_.bbox.y0
        for other in boxes[:place]:
            apart = abs((one.y0 + one.y1) - (other.y0 + other.y1)) / 2
            assert apart > 0.6 * height or one.x1 < other.x0 or other.x1 < one.x0


def test_names_are_no_formulas_and_none_is_hidden():
    result = drawn_comparison(names=["$\\foo$", "_mine", "US$ and CA$"])
    for show in (result.plot, lambda: result.plot("critical_difference"), result.learning_curves):
        show().figure_.savefig(io.BytesIO())
    display = result.plot("cost")
    display.figure_.savefig(io.BytesIO())
    shown = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert {"\\$\\foo\\$", " _mine", "US\\$ and CA\\$"} <= set(shown)

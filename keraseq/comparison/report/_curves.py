"""Learning curves, a small picture for each model."""

from keraseq import _format
from keraseq.comparison.curves import run_curves
from keraseq.comparison.report._html import section, tag

_WIDTH, _HEIGHT = 100, 60


def curves_section(view):
    """Return the section, or "" where nothing logs its training."""
    histories = view.result.histories
    kept = histories[histories["metric"].isin(["loss", "val_loss"])]
    if kept.empty:
        return ""
    curves = run_curves(kept)
    # A run that exploded would press all others to the ground.
    top = 1.05 * curves["mean"].quantile(0.99)
    bottom = min(0.0, curves["mean"].min())
    last = curves["epoch"].max()
    names = [name for name in view.table.index if name in set(curves["model"])]
    figures = [
        _figure(view, name, curves[curves["model"] == name], bottom, top, last) for name in names
    ]
    n_runs = view.result.n_runs
    spread = "" if n_runs == 1 else f", the mean of {n_runs} runs and their range"
    return section(
        "Learning curves",
        tag("div", *figures, class_="curves"),
        note=(
            f"Loss against epochs{spread}; the dashed line is the validation part. All have the "
            f"same axes: {_format.amount(bottom)} to {_format.amount(top)}, {last} epochs."
        ),
    )


def _figure(view, name, curves, bottom, top, last):
    def path(epochs, values):
        x = _WIDTH * (epochs - 1) / max(last - 1, 1)
        y = _HEIGHT * (1 - (values - bottom) / ((top - bottom) or 1))
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))

    shapes, words = [], []
    for metric, kind, said in (("loss", "mean", "loss"), ("val_loss", "mean held", "validation")):
        line = curves[curves["metric"] == metric]
        if line.empty:
            continue
        back = line[::-1]
        band = f"{path(line['epoch'], line['high'])} {path(back['epoch'], back['low'])}"
        shapes.append(tag("polygon", points=band, class_="band"))
        # One epoch is a dot: a line that goes nowhere has round ends.
        points = path(line["epoch"], line["mean"])
        shapes.append(
            tag("polyline", points=f"{points} {points}" if len(line) == 1 else points, class_=kind)
        )
        ends = line["mean"].iloc[[0, -1]]
        words.append(f"{said} from {_format.score(ends.iloc[0])} to {_format.score(ends.iloc[1])}")
    epochs = curves["epoch"].max()
    drawing = tag(
        "svg",
        *shapes,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{name}: {', '.join(words)} in {epochs} epochs",
    )
    caption = tag("figcaption", view.label(name))
    return tag("figure", caption, drawing, style=f"--c:{view.colours[name]}")

"""What recipes print, save and draw."""

import textwrap

import numpy as np

from keraseq._checks import import_extra

_lines = textwrap.TextWrapper(
    100, subsequent_indent=" " * 10, break_long_words=False, break_on_hyphens=False
)


def print_lines(**lines):
    """Print each under its name, long ones over several lines."""
    for name, value in lines.items():
        print(_lines.fill(f"{name:9} {value}"), flush=True)


def about(options, model, seconds):
    size = f"{model.n_parameters_:,} parameters"
    if hasattr(getattr(model, "encoder_", None), "vocabulary_size_"):
        size += " beside the token embedding"
    if hasattr(model, "lookback_"):
        size += f", lookback {model.lookback_}"
    epochs = f"{model.n_iter_} epoch" + "s" * (model.n_iter_ != 1)
    training = f"{seconds:.0f} s, {epochs}, seed {options.seed}"
    return {"model": f"{options.model}, {size}", "training": training}


def with_error(score, n):
    """A share of n test rows with its standard error, by Wilson: few rows leave one at 1, too."""
    middle = (score * n + 0.5) / (n + 1)
    return f"{score:.3f} ± {np.sqrt(middle * (1 - middle) / (n + 1)):.3f}"


def save(options, fitted):
    if options.save:
        import keras

        keras.Model(fitted.model_.input, fitted.model_.output).save(options.save)
        print_lines(saved=options.save)


def plot_history(options, fitted):
    axes = new_axes(title=f"{options.model} on {options.data}", xlabel="epoch", ylabel="loss")
    for name in ("loss", "val_loss"):
        values = fitted.history_.get(name, [])
        axes.plot(range(1, len(values) + 1), values, marker="o", label=name)
    axes.legend()
    save_plot(axes, options)


def new_axes(**labels):
    import_extra("matplotlib", "plot").use("Agg")
    import matplotlib.pyplot as plt

    axes = plt.subplots(layout="constrained", figsize=(7, 4))[1]
    axes.set(**labels)
    return axes


def save_plot(axes, options):
    axes.figure.savefig(options.plot, dpi=120)
    print_lines(plot=options.plot)

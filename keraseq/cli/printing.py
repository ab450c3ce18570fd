"""What recipes print: lines under names, scores with their error."""

import textwrap

import numpy as np

_lines = textwrap.TextWrapper(
    100, subsequent_indent=" " * 10, break_long_words=False, break_on_hyphens=False
)


def print_lines(**lines):
    """Print each under its name, long ones over several lines."""
    for name, value in lines.items():
        print(_lines.fill(f"{name:9} {value}"), flush=True)


def about(options, model, seconds):
    """What to print of a fitted model and its training: a dict for :func:`print_lines`."""
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

"""The docstrings of the public builders, made from each body's own docstring."""

import inspect
import re

_SHARED = """\
input_shape : tuple
    ``(time, features)`` for numbers, or ``(time,)`` for token ids with `vocabulary_size`;
    ``time`` may be None. Rows are right-padded: id 0, or a step whose features are all NaN.
outputs : int or tuple of int
    Classification: number of classes, at least 2 (integer labels, a logit for each).
    Multilabel: labels. Regression: targets. Tagging: tags (targets padded with -1).
    Forecasting: ``(horizon, targets)``, the targets being the first channels.
task : {tasks}, default="{task}"
    What the model is asked for; it sets head, loss and metrics.
vocabulary_size : int, optional
    Number of token ids, 0 (padding) included; makes the input token ids.
embedding_dim : int, default=64
    Width of the stem, which is the same for every architecture: the embedding of tokens or the
    linear projection of numbers.
embedding_dropout : float, default={token_embedding_dropout} for tokens, 0 for numbers
    Dropout behind the stem.
token_dropout : float, default={token_dropout} for tokens
    Share of tokens hidden while training: they become id 1, the unknown token's.
patch_length : int, default=lookback // 30 for forecasting, 1 else
    Steps joined to one before the body; patches end at the last real step.
channels : {{"independent", "mixed"}}, optional
    Forecasting only: each channel by itself with shared weights, or all at once. Independent
    where every channel is a target, else mixed.
pooling : {{"mean", "max", "mean_max", "last", "ends"}}, default="{token_pooling}" for tokens,
    "{series_pooling}" for numbers; for forecasting the outputs that have read the whole history:
    "last" of a causal body, else "ends". How the sequence becomes one vector, padding left out;
    "last" for causal bodies only.
quantiles : sequence of float, optional
    Regression and forecasting: predict these quantiles on a last axis; they never cross.
parameter_budget : int, optional
    Trainable weights, the token embedding left out; the sizes are solved for.
flop_budget : int, optional
    In its place: floating-point operations of a forward pass over one sequence (see
    :func:`keraseq.count_flops`), whose length `input_shape` then gives.
units : int, default=64
    Width of a layer (per direction). Not together with a budget.
num_layers : int, default=1
    Layers on top of each other.
dropout : float, default=0.0
    Dropout behind each layer.
logits : bool, default=True
    End in logits; False ends classification, tagging and multilabel in probabilities.
seed : int, optional
    Equal seeds make equal models, to the last bit; Python's random state is left as it was."""

_AFTER = """
Returns
-------
keras.Model
    Compiled with Adam and the task's loss and metrics.

Raises
------
ValueError, TypeError
    For an argument out of range, a budget that cannot be met, or a task that the model does not
    serve; the text says what is allowed.
"""


def builder_docstring(spec):
    """Compose summary, parameters (shared, then own), reference and an example that runs."""
    from keraseq._plan import DATA_KIND_DEFAULTS

    body, own = split_parameters(inspect.getdoc(spec.function) or "")
    summary, _, rest = body.partition("\n")
    tokens = DATA_KIND_DEFAULTS["tokens"]
    shared = _SHARED.format(
        tasks="{" + ", ".join(f'"{task}"' for task in spec.tasks) + "}",
        task="classification",
        token_embedding_dropout=tokens["embedding_dropout"],
        token_dropout=tokens["token_dropout"],
        token_pooling=tokens["pooling"],
        series_pooling=DATA_KIND_DEFAULTS["series"]["pooling"],
    )
    parts = [f"{spec.title}: {_lower_first(summary)}" if summary else spec.title, rest.strip("\n")]
    parts += [f"Parameters\n----------\n{shared}" + (f"\n{own}" if own else ""), _AFTER.strip()]
    if spec.paper:
        parts.append(f"References\n----------\n{spec.authors} ({spec.year}). {spec.paper}.")
    if "classification" in spec.tasks:
        parts.append(_example(spec))
    return "\n\n".join(part for part in parts if part) + "\n"


def split_parameters(doc):
    """Split a numpydoc docstring into what is before its Parameters section and that section."""
    match = re.search(r"^Parameters\n-+\n", doc, flags=re.M)
    if match is None:
        return doc.strip(), ""
    section = re.split(r"\n\n[A-Z][a-z]+\n-+\n", doc[match.end() :])[0]
    return doc[: match.start()].strip(), section.rstrip()


def _lower_first(text):
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _example(spec):
    return f"""\
Examples
--------
>>> import keraseq
>>> model = keraseq.{spec.name}((None, 8), outputs=3, seed=0)
>>> model.output_shape
(None, 3)
>>> tagger = keraseq.{spec.name}((None,), 5, task="tagging", vocabulary_size=100, units=16)
>>> tagger.output_shape
(None, None, 5)"""

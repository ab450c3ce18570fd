"""The public builders: signatures and docstrings made from each architecture's own."""

import inspect
import re

from keraseq._keras import keras
from keraseq.builders.build import build
from keraseq.models import find_model
from keraseq.stems import SeriesStem, TokenStem
from keraseq.tasks import get_task

_SHARED = """\
input_shape : tuple
    ``(time, features)`` for numbers, or ``(time,)`` for token ids with `vocabulary_size`;
    ``time`` may be None. Rows are right-padded: id 0, or a step whose features are all NaN. At a
    row's end alone: in the middle, or before its first step, nothing looks for them, and readings
    of the last step and patches would read another one; fill them before.
    Of a forecast with covariates a dict of the shapes of ``past``, ``future`` and ``static``.
outputs : int or tuple of int
{outputs}
task : {tasks}, default="{task}"
    What the model is asked for; it sets head, loss and metrics.
vocabulary_size : int, optional
    Number of token ids, 0 (padding) included; makes the input token ids. keraseq's encoders
    number tokens from 4 on: 1 is unknown, 2 and 3 the beginning and the end.
embedding_dim : int, default={tokens[0]}
    Width of the stem, which is the same for every architecture: the embedding of tokens or the
    linear projection of numbers.
embedding_dropout : float, default={tokens[1]} for tokens, {series[1]:g} for numbers
    Dropout behind the stem; 0 for language models.
token_dropout : float, default={tokens[2]} for tokens
    Share of the rarest tokens hidden while training: they become id 1, the unknown token's. Id
    ``k`` is with probability ``k / (k + 5000)`` at most, so frequent ones are hardly ever. 0 for
    language models.
ngrams : int, default={tokens[3]} for tokens
    Where a whole sequence is answered: tokens of the longest n-grams whose bag is read beside the
    body, as hashed vectors of {ngram_dim} numbers each (Joulin et al. 2017); 0 for none.
tie_embedding : bool, default=False
    Language models only: score the next token by the embedding's own vectors, not by a layer of
    its own (Press & Wolf 2017).
patch_length : int, default=lookback // 30 for forecasting, 1 else
    Steps joined to one before the body; patches end at the last real step.
patch_stride : int, default=patch_length
    Steps between the starts of two patches.
skip_steps : int, default=0
    Forecasting only: last steps of the normalised history that are also mapped to the horizon by
    one matrix beside the body (LSTNet, Lai et al. 2018).
channels : {{"independent", "mixed"}}, optional
    Forecasting only: each channel by itself with shared weights, or all at once. Independent
    where every channel is a target, unless the architecture asks for all; else mixed.
pooling : {{"mean", "max", "mean_max", "last", "ends", "last_mean_max"}}, \
default="{token_pooling}" for tokens, "{series_pooling}" for numbers
    How the sequence becomes one vector, padding left out; those of "last" for causal bodies only.
    For forecasting by default the outputs that have read the whole history: "last" of a causal
    body, else "ends".
quantiles : sequence of float, optional
    Regression and forecasting: predict these quantiles on a last axis; they never cross.
parameter_budget : int, optional
    Trainable weights, the token embedding (and a language model's layer over the vocabulary)
    left out; the sizes are solved for.
flop_budget : int, optional
    In its place: floating-point operations of a forward pass over one sequence (see
    :func:`keraseq.count_flops`), whose length `input_shape` then gives.
units : int, default={units}
    Width of a layer (per direction). Not together with a budget.
num_layers : int, default={num_layers}
    Layers on top of each other.
dropout : float, default={dropout}
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


def make_builder(name):
    """Make the public function of a registered model: `build` with its name, signature and doc."""
    spec = find_model(name)

    def builder(input_shape, outputs, **arguments):
        return build(spec.name, input_shape, outputs, **{**_first_task(spec), **arguments})

    builder.__name__ = builder.__qualname__ = spec.name
    builder.__module__ = "keraseq"
    builder.__signature__ = builder_signature(spec)
    builder.__doc__ = builder_docstring(spec)
    return builder


def _first_task(spec):
    """The task of a model that cannot serve the builders' default."""
    default = inspect.signature(build).parameters["task"].default
    return {} if default in spec.served_tasks else {"task": spec.served_tasks[0]}


def builder_signature(spec):
    """The signature of a public builder: `build`'s without the name, and the model's own."""
    changed = {**_first_task(spec), **{n: v for n, v in spec.settings if n in _DOCUMENTED}}
    shared = [
        parameter.replace(default=changed.get(parameter.name, parameter.default))
        for parameter in list(inspect.signature(build).parameters.values())[1:-1]
        if parameter.name not in spec.kind.unused(spec)
    ]
    own = [p.replace(default=spec.default(p.name)) for p in spec.own_parameters.values()]
    return inspect.Signature([*shared, *own], return_annotation=keras.Model)


def builder_docstring(spec):
    """Compose summary, parameters (shared, then own), reference and an example that runs."""
    body, own = split_parameters(inspect.getdoc(spec.function) or "")
    summary, _, rest = body.partition("\n")
    parts = [f"{spec.title}: {_lower_first(summary)}" if summary else spec.title, rest.strip("\n")]
    parts += [_preset_words(spec), f"Parameters\n----------\n{_shared(spec)}"]
    parts[-1] += f"\n{own}" if own else ""
    parts.append(_AFTER.strip())
    if spec.paper:
        parts.append(f"References\n----------\n{spec.authors} ({spec.year}). {spec.paper}.")
    parts.append(_example(spec))
    return "\n\n".join(part for part in parts if part) + "\n"


def _shared(spec):
    from keraseq.builders.plan import DEFAULT_SIZES
    from keraseq.stems.series_stem import DEFAULTS as SERIES
    from keraseq.stems.token_stem import DEFAULTS as TOKENS
    from keraseq.stems.token_stem import NGRAM_DIM

    tasks = spec.served_tasks
    sizes = {n: _first_given(spec.default(n), default) for n, default in DEFAULT_SIZES.items()}
    text = _SHARED.format(
        outputs="\n".join(f"    {name.title()}: {get_task(name).outputs_words}." for name in tasks),
        tasks="{" + ", ".join(f'"{task}"' for task in tasks) + "}",
        task=builder_signature(spec).parameters["task"].default,
        tokens=TOKENS,
        ngram_dim=NGRAM_DIM,
        series=SERIES,
        token_pooling=spec.pooling or TokenStem.default_pooling,
        series_pooling=spec.pooling or SeriesStem.default_pooling,
        **sizes,
    )
    entries = re.split(r"\n(?=\S)", text)
    unused = spec.kind.unused(spec)
    return "\n".join(entry for entry in entries if entry.partition(" ")[0] not in unused)


_DOCUMENTED = re.findall(r"^(\w+) :", _SHARED, flags=re.M)


def _preset_words(spec):
    if not spec.settings:
        return ""
    said = ", ".join(f"``{name}={value!r}``" for name, value in spec.settings)
    return f"A preset: where you do not say otherwise, {said}."


def split_parameters(doc):
    """Split a numpydoc docstring into what is before its Parameters section and that section."""
    match = re.search(r"^Parameters\n-+\n", doc, flags=re.M)
    if match is None:
        return doc.strip(), ""
    section = re.split(r"\n\n[A-Z][a-z]+\n-+\n", doc[match.end() :])[0]
    return doc[: match.start()].strip(), section.rstrip()


def _first_given(value, default):
    return default if value is None else value


def _lower_first(text):
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _example(spec):
    examples = [get_task(name).example for name in spec.served_tasks]
    shown = [example.format(name=spec.name) for example in examples if example]
    return "Examples\n--------\n>>> import keraseq\n" + "\n".join(shown)

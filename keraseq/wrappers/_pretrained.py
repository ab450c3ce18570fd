"""Estimators that start from a fitted SequenceGenerator."""

import copy
import functools
import os
from dataclasses import dataclass, replace
from inspect import signature

from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator

from keraseq.tasks import get_task
from keraseq.training.first_weights import FirstBodies
from keraseq.wrappers._auto import is_auto
from keraseq.wrappers._embeddings import first_rows

# What comes from the generator: its vocabulary, its architecture and what sizes that.
_SETTLED = (
    *("model", "units", "num_layers", "parameter_budget", "flop_budget"),
    *("tokenizer", "max_tokens", "min_count"),
)
# Settings of the stem that training alone reads, or that are no part of what was trained. Their
# defaults are the usual ones: with 500 labels of IMDB dropouts of .3 and .1 had .755 on a held-back
# part and these .786 (one seed; without a generator .794: benchmarks/transfer.py).
_FREE = ("embedding_dropout", "token_dropout", "ngrams")
_POOLING = "last_mean_max"
_WHAT = (
    "a fitted SequenceGenerator, the path of a saved one, or a pair (forward, backward) of which "
    "the second was made with backward=True"
)


class Transferring(BaseEstimator):
    """An estimator with the parameters `pretrained` and `embeddings`."""

    # What its pretrained generators settle, where a fit has read them.
    _start = None

    def get_params(self, deep=True):
        """Return the parameters by name; those of a pretrained generator are not among them."""
        # A search or a comparison that seeds all that it finds must not reach into what is fitted.
        params = super().get_params(deep)
        return {name: v for name, v in params.items() if not name.startswith("pretrained__")}

    @property
    def _model_name(self):
        return super()._model_name if self.pretrained is None else "pretrained"

    @property
    def _fitted_name(self):
        return "pretrained" if self.params_.get("pretrained") else super()._fitted_name

    def __sklearn_clone__(self):
        # scikit-learn would clone the generator too, which unlearns what it has learned.
        plain = copy.copy(self)
        plain.pretrained = None
        made = super(Transferring, plain).__sklearn_clone__()
        made.pretrained = self.pretrained
        return made


@dataclass(frozen=True)
class Start:
    """Fitted generators of one vocabulary and one architecture, one for each direction.

    Attributes
    ----------
    generators : tuple of SequenceGenerator
    directions : tuple of str
    """

    generators: tuple
    directions: tuple

    @property
    def plan(self):
        """Of the generators' model."""
        return self.generators[0]._network.blueprint.plan

    def encoder(self, kind, params):
        """The generators' encoder, which cuts texts to the estimator's length.

        Raises
        ------
        ValueError
            For sequences of another kind than those that the generators have read.
        """
        generator, called = self.generators[0], {"text": "strings", "words": "lists of tokens"}
        if kind != generator.kind_:
            raise ValueError(
                f"X holds {called.get(kind, 'numbers')}, and the pretrained SequenceGenerator was "
                f"fitted on {called[generator.kind_]}; give both the same."
            )
        return generator.encoder_.cut_to(params["max_length"])

    def applied(self, plan):
        """A plan with a body for each direction."""
        return replace(plan, directions=self.directions)

    def first_weights(self, params):
        """What the network begins with; `params` note where it is from."""
        params["pretrained"] = "; ".join(
            f"{self.plan.spec.name}, {generator._network.trained_on}"
            for generator in self.generators
        )
        networks = [generator._network for generator in self.generators]
        return FirstBodies.of(networks, self.directions)


def first_weights(estimator, kind, encoder, count, seed, params, former=None):
    """Return what `pretrained` or `embeddings` say of the first weights; None without both.

    `params` note what they settle; `count` is as of `first_rows`.
    """
    if estimator._start is None:
        return first_rows(estimator, kind, encoder, count, seed, params, former)
    if former is not None:
        params["pretrained"] = former["params_"].get("pretrained")
        return None
    return estimator._start.first_weights(params)


def with_pretrained(estimator):
    """The estimator, or a copy that has the settings of its pretrained generators.

    Raises
    ------
    ValueError, TypeError, FileNotFoundError
        For what is no generator, not fitted, or is contradicted by another setting.
    """
    if estimator.pretrained is None:
        return estimator
    start = _read(estimator.pretrained)
    _refuse_beside(estimator)
    plan, made = start.plan, copy.copy(estimator)
    own = dict(plan.own)
    given = dict(estimator.model_params or {})
    settled = sorted(set(given) - set(_FREE))
    if settled:
        raise ValueError(
            f"model_params sets {', '.join(settled)} beside pretrained, whose architecture and "
            f"sizes are settled; {', '.join(_FREE)} are free."
        )
    made.model_params = {
        **own,
        "embedding_dim": len(start.directions) * plan.stem.embedding_dim,
        **given,
    }
    made.model, made.units = plan.spec.name, plan.units
    made.num_layers = "auto" if plan.num_layers is None else plan.num_layers
    if is_auto(made.dropout) and plan.dropout is not None:
        made.dropout = plan.dropout
    if made.pooling is None and not get_task(made._tasks[0]).per_step:
        made.pooling = _POOLING
    encoder = start.generators[0].encoder_._settings
    for name in ("tokenizer", "max_tokens", "min_count"):
        setattr(made, name, getattr(encoder, name))
    made._start = start
    return made


def _refuse_beside(estimator):
    if estimator.embeddings is not None:
        raise ValueError(
            "embeddings and pretrained both say what the embedding begins with; give one."
        )
    defaults = signature(type(estimator).__init__).parameters
    for name in _SETTLED:
        value = getattr(estimator, name)
        if not _is(value, defaults[name].default):
            raise ValueError(
                f"{name}={value!r} beside pretrained: vocabulary, architecture and sizes are those "
                f"of the pretrained SequenceGenerator. Leave {name} out, or leave pretrained out."
            )
    if estimator.input in ("tokens", "series"):
        raise ValueError(
            f"input={estimator.input!r} beside pretrained: a SequenceGenerator reads texts, or "
            "lists of tokens as str."
        )


def _is(value, default):
    return type(value) is type(default) and value == default


def _read(pretrained):
    """The generators that a parameter `pretrained` says, as a Start."""
    pair = pretrained if isinstance(pretrained, tuple | list) else (pretrained,)
    generators = tuple(map(_generator, pair))
    directions = tuple("backward" if g._backward else "forward" for g in generators)
    if directions not in (("forward",), ("backward",), ("forward", "backward")):
        raise ValueError(
            f"pretrained has generators that read {', '.join(directions) or 'nothing'}; give one, "
            "or a pair (forward, backward), the second made with backward=True."
        )
    first = generators[0]
    for other in generators[1:]:
        if other.vocabulary_ != first.vocabulary_ or other.kind_ != first.kind_:
            raise ValueError(
                "The two generators of pretrained have different vocabularies of "
                f"{len(first.vocabulary_):,} and {len(other.vocabulary_):,} tokens; fit both on "
                "the same texts with the same tokenizer, max_tokens and min_count."
            )
        mine, others = (_body(g._network.blueprint.plan) for g in (first, other))
        if mine != others:
            raise ValueError(
                f"The two generators of pretrained have different bodies: {mine} and {others}; "
                "make both with the same model and sizes."
            )
    return Start(generators, directions)


def _body(plan):
    sizes = {"units": plan.units, "num_layers": plan.num_layers, **dict(plan.own)}
    return {"model": plan.spec.name, "embedding_dim": plan.stem.embedding_dim, **sizes}


def _generator(given):
    """The fitted generator that was given, by itself, frozen or as a path."""
    from keraseq.wrappers.sequence_generator import SequenceGenerator

    if isinstance(given, FrozenEstimator):
        given = given.estimator
    if isinstance(given, str | os.PathLike):
        path = os.path.abspath(given)
        if not os.path.isfile(path):
            raise FileNotFoundError(f"pretrained={os.fspath(given)!r}: there is no such file.")
        found = os.stat(path)
        given = _load(path, found.st_mtime_ns, found.st_size)
    if not isinstance(given, SequenceGenerator):
        raise TypeError(f"pretrained is {_called(given)}; it must be {_WHAT}.")
    if not hasattr(given, "_network"):
        raise NotFittedError(
            "The SequenceGenerator in pretrained is not fitted; call its fit(texts) before. Among "
            "the values of a search, which scikit-learn clones, give it as "
            "sklearn.frozen.FrozenEstimator(generator) or as the path of a saved one."
        )
    if not given._network.blueprint.is_plan:
        raise ValueError(
            f"pretrained was made by a function, model={given.model!r}, of which nobody knows "
            "where its body begins; fit a SequenceGenerator of a model of the zoo, or register "
            "yours by keraseq.register_model."
        )
    return given


# A cross-validation reads the same file in every fold.
@functools.lru_cache(maxsize=2)
def _load(path, changed, size):
    from keraseq.export import load

    return load(path)


def _called(value):
    return repr(value) if isinstance(value, str | int | float) else f"a {type(value).__name__}"

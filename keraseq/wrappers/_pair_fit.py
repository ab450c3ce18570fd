"""A fit of pairs, from what was read to trained weights."""

import warnings
from collections.abc import Mapping

import joblib
import numpy as np
from sklearn.model_selection import GroupShuffleSplit

from keraseq.batching import sequence_lengths
from keraseq.encoding import SeriesEncoder, TextEncoder, TokenEncoder
from keraseq.tasks import get_task
from keraseq.training.callbacks import copy_callbacks
from keraseq.training.network import Network
from keraseq.training.optimizer import optimizer_config
from keraseq.training.pair_batches import PairBatches
from keraseq.wrappers._blueprints import make_blueprint, model_params
from keraseq.wrappers._features import naming
from keraseq.wrappers._rows import mean_one

_VALIDATION_BATCH = 128


class PairFit:
    """One fit of an estimator of pairs.

    Parameters
    ----------
    estimator : SequenceTransducer
    params : dict
        Of `resolve_pairs`.
    seed : int
    callbacks : list

    Attributes
    ----------
    encoder, target : transformers
        Of sources and targets.
    network : Network
    params : dict
        With the sizes that were built.
    task : Task
    """

    def __init__(self, estimator, params, seed, callbacks):
        self._estimator, self._seed, self.callbacks = estimator, seed, callbacks
        own = model_params(estimator).get("embedding_dim")
        width = params["embedding_dim"] if own is None else own
        self.params = {**params, "decoder": estimator.decoder, "embedding_dim": width}
        self.task = get_task(estimator._tasks[0])
        self.encoder = self.target = self.network = None

    def encode(self, train, held_back, target_kind):
        """Learn both vocabularies from the training part, and make batches of both parts."""
        estimator, params = self._estimator, self.params
        self.encoder = source_encoder(estimator, train.sequences.kind, params)
        self.target = text_encoder(estimator.target_tokenizer, target_kind, params, estimator)
        encoded = (
            self.encoder.fit_transform(train.sequences),
            self.target.fit_transform(train.targets),
        )
        encoded = drop_long(*encoded, train.weights, params["max_length"])
        lengths = [np.maximum(sequence_lengths(part), 1) for part in encoded[:2]]
        params["mean_length"] = int(float(f"{lengths[0].mean():.2g}"))
        params["longest_target"] = int(lengths[1].max())
        self._outputs = decoder_outputs(estimator, self.task, self.target, params)
        self._batches = self._in_batches(encoded, params["batch_size"], self._seed)
        self._validation = self._judges = None
        if held_back is not None:
            with naming("the validation part"):
                parts = (
                    self.encoder.transform(held_back.sequences),
                    self.target.transform(held_back.targets),
                )
                parts = drop_long(*parts, held_back.weights, params["max_length"])
            self._judges = parts
            self._validation = self._in_batches(parts, _VALIDATION_BATCH, None)

    def run(self, checkpoint, fingerprint):
        """Train; return the Run."""
        estimator, params = self._estimator, self.params
        blueprint = pair_blueprint(
            estimator,
            self.task,
            self.encoder,
            self._outputs,
            params,
            averaged=self._validation is not None,
        )
        params.update(blueprint.sizes)
        if checkpoint is not None:
            facts = (
                getattr(self.encoder, "vocabulary_", None),
                self.target.vocabulary_,
                self._judges,
            )
            said = f"{fingerprint} {params} {blueprint} {joblib.hash(facts)}"
            checkpoint.begin(self._seed, said)
        self.network = Network(blueprint, self._seed)
        return estimator._train(
            self.network, self._batches, self._validation, params, self.callbacks, checkpoint
        )

    def _in_batches(self, encoded, batch_size, seed):
        sources, targets, weights = encoded
        return PairBatches(
            sources,
            targets,
            batch_size,
            vocabulary_size=self._outputs[0],
            weights=mean_one(weights),
            seed=seed,
        )


def copy_callbacks_of(estimator, held_back):
    """The user's callbacks, copied for a fit."""
    return copy_callbacks(
        estimator.callbacks,
        is_validated=held_back is not None,
        remedy="set early_stopping=True, or give fit validation_data=(sources, targets)",
    )


def hold_back_sources(pairs, fraction, seed):
    """Return the pairs that training sees, and others, of about a share of the different sources.

    A source may have several targets: of one that training has seen nothing would be judged.

    Raises
    ------
    ValueError
        If one of the two would be empty.
    """
    names = [_bytes(row) for row in pairs.sequences.rows]
    _, group = np.unique(np.array(names, object), return_inverse=True)
    n_sources = int(group.max()) + 1
    held_back = round(fraction * n_sources)
    if held_back < 1 or held_back >= n_sources:
        raise ValueError(
            f"validation_fraction={fraction} of {n_sources} different sources leaves none for "
            "validation or for training; change it, or set early_stopping=False."
        )
    split = GroupShuffleSplit(1, test_size=held_back, random_state=seed)
    train, other = next(split.split(group, groups=group))
    return pairs.take(train), pairs.take(other)


def _bytes(row):
    if isinstance(row, np.ndarray):
        return np.ascontiguousarray(row).tobytes()
    return (row if isinstance(row, str) else "\0".join(row)).encode("utf-8", "surrogatepass")


def text_encoder(tokenizer, kind, params, estimator):
    """The encoder of texts, or lists of tokens, not yet fitted."""
    return TextEncoder(
        tokenizer=tokenizer if kind == "text" else "words",
        lowercase=estimator.lowercase,
        # What is read and written is what the user has, marks and blanks included.
        clean=False,
        max_tokens=params["max_tokens"],
        min_count=params["min_count"],
    )


def source_encoder(estimator, kind, params):
    """The encoder of sources of a kind, not yet fitted."""
    if kind == "series":
        return SeriesEncoder(missing=estimator.missing).set_output(transform="default")
    if kind == "tokens":
        return TokenEncoder()
    return text_encoder(estimator.source_tokenizer, kind, params, estimator)


def drop_long(sources, targets, weights, longest):
    """Leave out the pairs that have more steps or tokens than `longest`, and say how many.

    Returns
    -------
    sources, targets, weights

    Warns
    -----
    UserWarning

    Raises
    ------
    ValueError
        If none is left.
    """
    lengths = np.maximum(sequence_lengths(sources), sequence_lengths(targets))
    kept = np.flatnonzero(lengths <= longest)
    if len(kept) == len(lengths):
        return sources, targets, weights
    said = (
        f"of {len(lengths):,} pairs have a source or a target of more than max_length={longest:,} "
        f"steps or tokens (the longest {lengths.max():,})"
    )
    mend = "Cut them into shorter pairs, such as sentences, or raise max_length"
    if not len(kept):
        raise ValueError(f"All {said}, so that none is left to learn from. {mend}.")
    warnings.warn(
        f"{len(lengths) - len(kept):,} {said} and were left out. {mend}.", UserWarning, stacklevel=4
    )
    is_array = isinstance(sources, np.ndarray)
    sources = sources[kept] if is_array else [sources[i] for i in kept]
    weights = None if weights is None else weights[kept]
    return sources, [targets[i] for i in kept], weights


def decoder_outputs(estimator, task, target, params):
    """What the task is asked for: the size of the target's vocabulary, and the decoder."""
    names = ("units", "num_layers", "dropout", "embedding_dim")
    given = {} if estimator.decoder_params is None else estimator.decoder_params
    if not isinstance(given, Mapping):
        raise TypeError(f"decoder_params={given!r} must be a dict, such as {{'units': 64}}.")
    others = [str(name) for name in given if name not in names]
    if others:
        raise ValueError(f"decoder_params sets {', '.join(others)}; it takes {', '.join(names)}.")
    said = {"vocabulary_size": target.vocabulary_size_, "decoder": estimator.decoder}
    return task.check_outputs({**said, **{name: params[name] for name in names}, **given})


def pair_blueprint(estimator, task, encoder, outputs, params, averaged):
    """The blueprint of encoder and decoder."""
    tokens = getattr(encoder, "vocabulary_size_", None)
    if "embedding_dim" in model_params(estimator):
        # The builder has it from there, and takes it once.
        params = {**params, "embedding_dim": None}
    return make_blueprint(
        estimator,
        params,
        optimizer_config(estimator.optimizer, averaged=averaged),
        input_shape=(None,) if tokens else (None, encoder.n_channels_out_),
        outputs=outputs,
        task=task.name,
        vocabulary_size=tokens,
    )

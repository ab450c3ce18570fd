"""A sequence for a sequence."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from keraseq._checks import check_choice, check_fraction, check_integer
from keraseq._keras import layers
from keraseq._precision import full_precision
from keraseq.encoding.reserved_ids import FIRST_FREE
from keraseq.tasks import layers as task_layers
from keraseq.tasks._task import Task

DECODERS = ("lstm", "transformer")
_MANY_TOKENS = 1_000


class Decoder(NamedTuple):
    """What writes the target, token by token.

    Attributes
    ----------
    vocabulary_size : int
        Number of the target's token ids, 0 (padding) included.
    decoder : {"lstm", "transformer"}
    units, num_layers : int
    dropout : float
    embedding_dim : int
        Of the target's tokens.
    """

    vocabulary_size: int
    decoder: str = "lstm"
    units: int = 128
    num_layers: int = 1
    dropout: float = 0.0
    embedding_dim: int = 128


class Transduction(Task):
    """Another sequence for each: a translation, an answer, what was said.

    The encoder is a body of the zoo. A model takes ``{"source": ..., "target": ...}``, the target's
    ids behind the id of the beginning, and gives at each of its steps logits of the id to come
    (teacher forcing); the ids to be found end in that of the end and are padded with -1.
    """

    name = "transduction"
    per_step = writes = True
    smallest_outputs = FIRST_FREE + 1
    decoders = DECODERS
    # Of many tokens, each of them seen a few times (see `first_spread`).
    embedding_spread = 1.0
    label_smoothing = 0.1
    outputs_words = (
        "size of the target's vocabulary, at least 5 (0 padding, 1 unknown, 2 beginning, 3 end); "
        'or a dict of it and of the decoder: ``{"vocabulary_size": 500, "decoder": "transformer", '
        '"units": 64, "num_layers": 2, "dropout": 0.1, "embedding_dim": 64}``'
    )
    answer_words = "one a token of the target's vocabulary"
    constant_words = "the shares of the tokens"

    def check_outputs(self, outputs):
        given = outputs
        if isinstance(outputs, tuple | list):
            given = dict(zip(Decoder._fields, outputs, strict=False))
        elif not isinstance(outputs, Mapping):
            given = {"vocabulary_size": outputs}
        unknown = sorted(set(given) - set(Decoder._fields))
        if unknown or "vocabulary_size" not in given:
            raise ValueError(
                f"outputs={outputs!r} must be the size of the target's vocabulary, or a dict with "
                f"'vocabulary_size' and what else is said of {', '.join(Decoder._fields[1:])}."
            )
        asked = Decoder(**given)
        sizes = {
            name: check_integer(name, getattr(asked, name), smallest)
            for name, smallest in {
                "vocabulary_size": self.smallest_outputs,
                "units": 1,
                "num_layers": 1,
                "embedding_dim": 1,
            }.items()
        }
        check_choice("decoder", asked.decoder, DECODERS)
        dropout = check_fraction("dropout", asked.dropout)
        # A plain tuple, which has a JSON form and is hashed by its values.
        return tuple(asked._replace(**sizes, dropout=float(dropout)))

    def first_spread(self, vocabulary_size):
        # A word seen ten times a pass has no time to grow loud out of Keras's .03: on 28,000
        # pairs in 2,000 subwords the loss on held-back sentences was 2.02 after four epochs from
        # vectors of 1, 2.33 from vectors of .1. Few letters or digits are seen often enough, and
        # loud ones are learned by heart: of new numbers in words .04 and .28 were written right
        # from vectors of 1, all from Keras's.
        return self.embedding_spread if vocabulary_size >= _MANY_TOKENS else None

    def without_vocabulary(self, outputs):
        return self.check_outputs(
            {**Decoder(*outputs)._asdict(), "vocabulary_size": FIRST_FREE + 1}
        )

    def head(self, features, outputs, *, logits, quantiles=None, future=None):
        memory, allowed, target = features
        asked = Decoder(*outputs)
        embed = layers.Embedding(
            asked.vocabulary_size,
            asked.embedding_dim,
            embeddings_initializer=task_layers.embedding_initializer(
                self.first_spread(asked.vocabulary_size)
            ),
            name=task_layers.TARGET_EMBEDDING,
        )
        x = layers.Dropout(asked.dropout, name="target_dropout")(embed(target))
        kinds = dict(
            zip(DECODERS, (task_layers.LstmDecoder, task_layers.TransformerDecoder), strict=True)
        )
        decode = kinds[asked.decoder](
            asked.units, asked.num_layers, asked.dropout, name=task_layers.DECODER
        )
        x = decode(x, memory, allowed)
        dtype = full_precision()
        x = layers.Dense(asked.vocabulary_size, name=task_layers.TOKEN_LOGITS, dtype=dtype)(x)
        return x if logits else layers.Activation("softmax", name="probabilities", dtype=dtype)(x)

    def loss(self, *, logits, quantiles=None):
        return task_layers.NextTokenLoss(from_logits=logits, label_smoothing=self.label_smoothing)

    def metrics(self, *, logits, quantiles=None):
        return [task_layers.TaggingAccuracy()]

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        size = Decoder(*outputs).vocabulary_size
        if weights is not None:
            weights = np.repeat(weights, [len(row) for row in targets])
        counts = np.bincount(np.concatenate(targets), weights, minlength=size)
        return np.log(np.maximum(counts / counts.sum(), np.finfo(np.float32).tiny))

"""The next token at every step."""

import numpy as np

from keraseq._checks import check_integer
from keraseq._keras import layers, ops
from keraseq._precision import full_precision
from keraseq.encoding.reserved_ids import FIRST_FREE, PADDING
from keraseq.tasks import layers as task_layers
from keraseq.tasks._task import Task


class LanguageModel(Task):
    """The next token at every step: ids `(batch, time)` in, the ids one step on as targets.

    Targets are right-padded with -1 (or 0), which neither loss nor metric counts.
    """

    name = "language_model"
    per_step = True
    link = "softmax"
    needs_causal = True
    answers_tokens = True
    constant_words = "the shares of the tokens"
    # Hiding four tokens in five behind the stem, which suits classifiers of few texts, hides what
    # the next token is chosen by.
    token_defaults = 64, 0.0, 0.0
    # Keras's vectors of .03 are hardly heard beside a state or a position of size one, and most of
    # a training goes into making them louder: after three epochs of tiny Shakespeare a GRU had 1.85
    # nats a character with those on held-back characters, 1.66 with these.
    embedding_spread = 1.0
    smallest_outputs = 2
    outputs_words = "the `vocabulary_size` (targets are the ids one step on, padded with -1)"
    example = """\
>>> writer = keraseq.{name}((None,), 65, task="language_model", vocabulary_size=65, units=16)
>>> writer.output_shape
(None, None, 65)"""
    score_name = "−nats a token"
    score_limits = (None, 0)
    takes_y = False
    answered_by = "token_log_likelihood"
    row_word = "text"

    def poses(self, X, y):
        return y is None and isinstance(X, str)

    def suits(self, estimator):
        return hasattr(estimator, self.answered_by)

    def gains(self, truth, predicted):
        """Each row's part of the mean log-likelihood.

        Parameters
        ----------
        truth : array-like `(rows,)`
            How many tokens (or characters) each row has.
        predicted : list of ndarray
            The natural logarithms of the probabilities of a row's tokens.
        """
        return np.array([logs.sum() for logs in predicted]), np.asarray(truth, dtype=float)

    def check_outputs(self, outputs):
        return check_integer("outputs", outputs, self.smallest_outputs)

    def check_vocabulary(self, outputs, vocabulary_size):
        if vocabulary_size is None:
            raise ValueError(
                f"task={self.name!r} reads and answers token ids; give vocabulary_size={outputs}."
            )
        if outputs != vocabulary_size:
            raise ValueError(
                f"outputs={outputs} with vocabulary_size={vocabulary_size}: a language model "
                "answers one of the tokens that it reads; give the same number."
            )

    def without_vocabulary(self, outputs):
        return self.smallest_outputs

    def head(self, features, outputs, *, logits, quantiles=None, future=None, embedding=None):
        dtype = full_precision()
        if embedding is None:
            x = layers.Dense(outputs, name=task_layers.TOKEN_LOGITS, dtype=dtype)(features)
        else:
            if features.shape[-1] != embedding.output_dim:
                features = layers.Dense(embedding.output_dim, name="tied_projection")(features)
            x = ops.cast(embedding(features, reverse=True), dtype)
        return x if logits else layers.Activation(self.link, name="probabilities", dtype=dtype)(x)

    def loss(self, *, logits, quantiles=None):
        return task_layers.NextTokenLoss(from_logits=logits)

    def metrics(self, *, logits, quantiles=None):
        return [task_layers.NatsPerToken(from_logits=logits)]

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        """The logarithms of the tokens' shares, a token that was never seen counted as half one."""
        counts = np.bincount(np.concatenate(targets), minlength=outputs).astype(np.float64)
        counts[:FIRST_FREE][counts[:FIRST_FREE] == 0] = 1e-9
        counts[PADDING] = 1e-9
        counts[counts == 0] = 0.5
        return np.log(counts / counts.sum())

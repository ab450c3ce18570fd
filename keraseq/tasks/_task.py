"""What every task brings."""

from keraseq._checks import check_integer
from keraseq._keras import layers
from keraseq._precision import full_precision
from keraseq.tasks._find import KNOWN


class Task:
    """A task: what the head gives, how wrong it is, what its numbers mean, and how it is scored.

    A subclass in a file of its own, named like the task, is all that a task takes.

    Attributes
    ----------
    name : str
    per_step : bool
        True when every step gets an answer, so that nothing is pooled.
    link : str or None
        What turns logits into probabilities.
    many_labels : bool
        True when any number of labels may be right at once, so that y is an indicator matrix.
    takes_quantiles : bool
    needs_causal : bool
        True when no step may see a later one.
    answers_tokens : bool
        True when the outputs are those of the vocabulary that is read.
    token_defaults : tuple or None
        Width, dropout and share of hidden tokens of a token stem, where they are not the usual.
    embedding_spread : float or None
        Standard deviation of the tokens' first vectors; None for Keras's own, some .03.
    reads_history : bool
        True when a series is forecast from its own past.
    writes : bool
        True when another sequence is written, token by token, and every answer is one of its steps.
    smallest_outputs : int or tuple of int
        The least that `outputs` may be.
    outputs_words : str
        What `outputs` is, for docstrings.
    answer_words : str
        What a user's own model answers, for errors.
    constant_words : str or None
        What `constant_answer` is, for warnings.
    example : str or None
        Lines of a builder's docstring.
    stratifies : bool
        True when splits keep the shares of y's values.
    score_name : str
        Of the score that `score`, comparisons and recipes use; higher is better.
    score_limits : tuple
        What no score lies below or above; None where there is no limit.
    tags_words : bool
        True when each word of a text has an answer.
    takes_y : bool
        False when X is its own target.
    answered_by : str
        The method of an estimator whose answers are scored.
    row_word : str
        What a comparison counts as a row.
    """

    name = None
    per_step = False
    link = None
    many_labels = False
    takes_quantiles = False
    needs_causal = False
    answers_tokens = False
    token_defaults = None
    embedding_spread = None
    reads_history = False
    writes = False
    smallest_outputs = 1
    outputs_words = None
    answer_words = "one a class, label or target"
    constant_words = None
    example = None
    stratifies = False
    score_name = None
    score_limits = (None, None)
    tags_words = False
    takes_y = True
    answered_by = "predict"
    row_word = "row"

    def first_spread(self, vocabulary_size):
        """The standard deviation of the first vectors of so many tokens; None for Keras's own."""
        return self.embedding_spread

    def __init_subclass__(cls):
        KNOWN[cls.name] = cls()

    def check_outputs(self, outputs):
        """Return `outputs` as ints, or raise an error that names what is allowed."""
        return check_integer("outputs", outputs, self.smallest_outputs)

    def without_vocabulary(self, outputs):
        """What `outputs` is without the vocabulary of what is written, which no budget counts."""
        return outputs

    def check_vocabulary(self, outputs, vocabulary_size):
        """Raise where the task does not go with a vocabulary of this size, or with none."""

    def head(self, features, outputs, *, logits, quantiles=None, future=None):
        """Map features `(..., channels)` to the model's output.

        `future` `(batch, horizon, features)` is what is known of the steps to come.
        """
        dtype = full_precision()
        x = layers.Dense(outputs, name="logits", dtype=dtype)(features)
        return x if logits else layers.Activation(self.link, name="probabilities", dtype=dtype)(x)

    def loss(self, *, logits, quantiles=None):
        """Return the Keras loss."""
        raise TypeError(f"The task {self.name!r} defines no loss.")

    def metrics(self, *, logits, quantiles=None):
        """Return a list of Keras metrics."""
        return []

    def poses(self, X, y):
        """Whether data of this form pose the task, without being asked."""
        return False

    def suits(self, estimator):
        """Whether an estimator of any origin answers this task."""
        return False

    def gains(self, truth, predicted):
        """Return what each row adds to the score and what it could; the score is the sums' ratio.

        Parameters
        ----------
        truth, predicted : array-like
            In the user's own form.

        Returns
        -------
        gain, weight : ndarray `(rows,)`
        """
        raise TypeError(f"The task {self.name!r} defines no score of rows.")

    def constant_answer(self, targets, outputs, weights=None, quantiles=None):
        """Return the output that, given to every row alike, has the least loss; or None.

        Parameters
        ----------
        targets : ndarray or list of ndarray
            As training has them.
        outputs : int or tuple of int
        weights : ndarray `(rows,)`, optional
        quantiles : tuple of float, optional
        """

    def make_target(self):
        """Return the encoder of y, not yet fitted."""
        raise TypeError(f"The task {self.name!r} encodes no y.")

    def decode(self, values):
        """Turn the model's output into probabilities, or leave predicted numbers as they are."""
        return values

    def answer(self, values):
        """Turn the model's output into codes that the encoder of y gives back as answers."""
        return values

    def undecode(self, probabilities):
        """Turn the output of a model that ends in probabilities into what `decode` takes."""
        return probabilities

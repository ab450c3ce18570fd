"""Learn to write from texts."""

import joblib
import numpy as np
from sklearn.utils.validation import check_is_fitted

from keraseq.models import is_registered
from keraseq.training.batches import pad_rows
from keraseq.training.callbacks import copy_callbacks
from keraseq.training.checkpoint import Checkpoint
from keraseq.training.distributed import prepare_devices
from keraseq.training.likelihood import token_log_likelihoods
from keraseq.training.network import Network
from keraseq.training.optimizer import optimizer_config
from keraseq.training.windows import Windows
from keraseq.wrappers._blueprints import make_blueprint, round_up
from keraseq.wrappers._corpus import (
    framed,
    hold_back,
    hold_back_passages,
    joined,
    make_text_encoder,
    read_corpus,
    read_judge,
    resolve_corpus,
    unknown_share,
)
from keraseq.wrappers._features import refuse_other_encoder
from keraseq.wrappers._generation import Generation
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.learned import check_learned
from keraseq.wrappers.network_estimator import NetworkEstimator

_VALIDATION_BATCH = 64
# Steps before a token that a recurrent or convolutional body reads where it judges a long text.
_CONTEXT = 512


class SequenceGenerator(Generation, NetworkEstimator):
    """Learn to write from texts: characters, subwords or words, by a causal body of the zoo.

    Nothing of a text is lower-cased, cleaned or dropped. Generation keeps the model's state, so
    that a token costs the same however long the text is (for attention: a read of its cache).

    Parameters
    ----------
    model : str or callable, default="gru"
        One of ``keraseq.list_models(task="language_model")``, or a function that returns a model.
    tokenizer : {"characters", "subwords", "words"} or callable, default="characters"
        As of :class:`keraseq.encoding.TextEncoder`; lists of tokens are taken as they are.
    window : "auto" or int
        Steps of a training row: 128 characters, 64 subwords or words. Windows are cut at other
        places in every epoch; no token is lost.
    pack_texts : bool, default=False
        Let windows reach over the border of two texts, for many short ones.
    backward : bool, default=False
        Learn to write towards the beginning: a prompt is then what the text ends with.
    units, num_layers, dropout, epochs, batch_size, learning_rate : "auto" or number
        "auto" is 256 units and dropout .2, and some 2,500 steps of 32 windows.
    max_tokens, min_count : "auto" or int
        Of the vocabulary; "auto" keeps all characters, 4,096 subwords, 20,000 words.
    parameter_budget, flop_budget : int, optional
        In place of `units`. The embedding and the layer over the vocabulary do not count.
    model_params : dict, optional
        Further arguments of the builder, such as ``{"tie_embedding": True}``.
    early_stopping : "auto" or bool
        "auto" holds a part back from 50,000 tokens on: texts, or of one long text passages at
        equal distances, since its end alone may be another chapter, which training then lacks.
    optimizer, dtype_policy, jit_compile, strategy, validation_fraction, n_iter_no_change, \
warm_start, checkpoint, callbacks, random_state, verbose
        As of :class:`keraseq.SequenceClassifier`.

    Attributes
    ----------
    vocabulary_ : list of str
        The token of each id, the four reserved ones first.
    is_one_text_ : bool
        Whether one string was learned from, which has no end; texts of a list end.
    model_ : keras.Model
        Ids `(n, time)` to logits `(n, time, ids)` of the next token.
    history_ : dict of list
    n_iter_ : int
    params_ : dict

    Examples
    --------
    >>> import keraseq
    >>> generator = keraseq.SequenceGenerator(
    ...     "gru", units=16, window=32, epochs=30, learning_rate=0.02, random_state=0
    ... )
    >>> generator.fit("hello world. " * 60).generate("hell", length=9, temperature=0)
    'o world. '
    """

    pooling = None
    _tasks = ("language_model",)

    def __init__(
        self,
        model="gru",
        *,
        tokenizer="characters",
        window="auto",
        pack_texts=False,
        backward=False,
        units="auto",
        num_layers="auto",
        dropout="auto",
        parameter_budget=None,
        flop_budget=None,
        model_params=None,
        max_tokens="auto",
        min_count="auto",
        epochs="auto",
        batch_size="auto",
        optimizer="auto",
        learning_rate="auto",
        dtype_policy="auto",
        jit_compile="auto",
        strategy=None,
        early_stopping="auto",
        validation_fraction=0.05,
        n_iter_no_change=5,
        warm_start=False,
        checkpoint=None,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        self._store(locals())

    def fit(self, X, y=None, validation_data=None):
        """Learn from texts.

        Parameters
        ----------
        X : str, or list, array or Series of str, or list of lists of tokens
            A string is one long text.
        y : None
            Not used.
        validation_data : as X, optional
            Judges early stopping in place of a part of X.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            For texts without a token, and settings out of range.
        KeyboardInterrupt
            After Ctrl-C. The estimator is fitted then, with its best weights so far, unless it came
            before the first step of training: then it is as it was.
        """
        former = vars(self) if self.warm_start and hasattr(self, "_network") else None
        prepare_devices(self.strategy)
        corpus = read_corpus(X)
        encoder, rows = self._encode_training(corpus, former)
        params = resolve_corpus(self, corpus.sequences.kind, rows, corpus.is_one)
        callbacks = copy_callbacks(
            self.callbacks,
            is_validated=params["early_stopping"] or validation_data is not None,
            remedy="set early_stopping=True, or give fit validation_data=texts",
        )
        checkpoint = None if self.checkpoint is None else Checkpoint(self.checkpoint)
        seed, other = draw_seed(self.random_state, checkpoint), None
        if validation_data is not None:
            other = read_judge(validation_data, encoder, is_one=corpus.is_one)
        batches, validation = self._batches(params, rows, other, corpus.is_one, seed)
        steps = params["epochs"] * len(batches)
        blueprint = self._blueprint(encoder, params, validation is not None)
        params.update(
            blueprint.sizes, steps=steps, mean_length=_mean_length(rows, params["window"])
        )
        network = former["_network"].go_on(blueprint) if former else Network(blueprint, seed)
        if checkpoint is not None:
            facts = self._facts(encoder, other)
            checkpoint.begin(seed, f"{corpus.fingerprint} {params} {blueprint} {facts}")
        run = self._train(network, batches, validation, params, callbacks, checkpoint)
        network.trained_on = (
            f"{batches.n_targets:,} tokens of {len(rows):,} texts, fingerprint {corpus.fingerprint}"
        )
        # All at once and last: a fit that fails leaves the former one whole.
        self.history_, self.n_iter_ = run.history, run.n_iter
        self.params_ = {**params, "jit_compile": run.jit_compile}
        self.callbacks_, self.encoder_ = callbacks, encoder
        self.kind_, self.is_one_text_ = corpus.sequences.kind, corpus.is_one
        self._backward = bool(self.backward)
        self._task, self._network = self._find_task(), network
        run.raise_interrupt()
        outputs = _outputs(self.model, encoder)
        check_learned(self, self._task, network, run, params, batches, outputs)
        return self

    @property
    def vocabulary_(self):
        """The token of each id."""
        if not hasattr(self, "encoder_"):
            raise AttributeError("This SequenceGenerator has no vocabulary_ before fit.")
        return self.encoder_.vocabulary_

    def token_log_likelihood(self, X):
        """Return the natural logarithm of each token's probability, a list of arrays `(time_i,)`.

        In the order in which they are read: of ``backward=True`` the last one first. An end that
        was learned is the last of them.
        """
        texts = self._framed(X)
        window = self.params_["window"]
        context = window // 2
        if self._network.blueprint.is_plan and self._most_steps is None:
            window, context = max(window, 2 * _CONTEXT), _CONTEXT
        with self._network.borrow() as model:
            return token_log_likelihoods(
                model,
                texts,
                window,
                context,
                gives_probabilities=self._network.gives_probabilities,
            )

    def log_likelihood(self, X):
        """Return the natural logarithm of each text's probability, an array `(n_texts,)`.

        Unknown tokens count at their own probability; :meth:`unknown_share` tells how many there
        are. Where texts of a list were learned from, their end counts as a token.
        """
        return np.array([logs.sum() for logs in self.token_log_likelihood(X)])

    def score(self, X, y=None):
        """Return the mean natural logarithm of a token's probability: minus nats a token.

        Of texts that end, ends are tokens. Higher is better.
        """
        logs = np.concatenate(self.token_log_likelihood(X))
        if not len(logs):
            raise ValueError("X holds no token, so that there is nothing to score.")
        return float(logs.mean())

    def perplexity(self, X):
        """Return ``exp(-score)``: among how many equally likely tokens it is as unsure."""
        return float(np.exp(-self.score(X)))

    def unknown_share(self, X):
        """Return the share of X's tokens that training never saw (or too seldom)."""
        return unknown_share(self._ids(X))

    def encode(self, X):
        """Return texts as `model_` takes them: ids `(n, time)`, behind that of the beginning."""
        return pad_rows(self._framed(X))

    def export(self, path, *, format="onnx", quantize=None, X=None, y=None):
        """Not possible: raises TypeError, with what to do."""
        raise TypeError(
            "SequenceGenerator has no export: text is written by a loop that keeps the network's "
            "state and draws each token, which the exported files and their scripts do not hold. "
            "Keep it by save('model.keraseq'), which keraseq.load reads, or take the bare network, "
            "estimator.model_.save('model.keras')."
        )

    def _knows(self, X):
        """Whether these are the very texts that it was fitted on."""
        check_is_fitted(self, "_network")
        return read_corpus(X).fingerprint in (self._network.trained_on or "")

    def _encode_training(self, corpus, former):
        if former is not None:
            refuse_other_encoder(former["encoder_"], make_text_encoder(self, former["kind_"]))
            return former["encoder_"], former["encoder_"].transform(corpus.sequences)
        encoder = make_text_encoder(self, corpus.sequences.kind)
        return encoder, encoder.fit_transform(corpus.sequences)

    def _batches(self, params, rows, other, is_one, seed):
        """Of training, and of what judges it: other rows, or a part of these."""

        def frame(rows):
            return framed(rows, ends=not is_one, backward=self.backward)

        def windows(texts, batch_size, seed=None):
            # The pieces of one text stand apart.
            texts = joined(texts) if self.pack_texts and not is_one else texts
            return Windows(texts, params["window"], batch_size, seed=seed)

        texts, held_back = frame(rows), None if other is None else frame(other)
        fraction = self.validation_fraction
        if held_back is None and params["early_stopping"]:
            if is_one:
                texts, held_back = hold_back_passages(texts[0], fraction, params["window"])
            else:
                texts, held_back = hold_back(texts, fraction, seed)
        validation = None if held_back is None else windows(held_back, _VALIDATION_BATCH)
        return windows(texts, params["batch_size"], seed), validation

    def _blueprint(self, encoder, params, averaged):
        return make_blueprint(
            self,
            params,
            optimizer_config(self.optimizer, averaged=averaged),
            input_shape=(None,),
            outputs=_outputs(self.model, encoder),
            task=self._tasks[0],
            vocabulary_size=encoder.vocabulary_size_,
            steps=params["window"],
        )

    def _facts(self, encoder, other):
        """What else a fit depends on: how texts are read and cut, and which judge it."""
        settings = bool(self.pack_texts), bool(self.backward), self.validation_fraction
        return joblib.hash((encoder.vocabulary_, other, settings))

    def _ids(self, X):
        check_is_fitted(self, "_network")
        return self.encoder_.transform(read_corpus(X).sequences)

    def _framed(self, X):
        return framed(self._ids(X), ends=not self.is_one_text_, backward=self._backward)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.target_tags.required = False
        return tags


def _outputs(model, encoder):
    size = encoder.vocabulary_size_
    return round_up(size) if is_registered(model) else size


def _mean_length(rows, window):
    """Of what is read at once: a text, or a window of it."""
    return int(float(f"{max(1, np.mean([min(len(row), window) for row in rows])):.2g}"))

"""Write a sequence for each sequence."""

from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_integer
from keraseq.batching import sequence_lengths
from keraseq.encoding.reserved_ids import END
from keraseq.models import is_registered
from keraseq.training.batches import pad_rows
from keraseq.training.beam_search import BeamSearch
from keraseq.training.checkpoint import Checkpoint
from keraseq.training.distributed import prepare_devices
from keraseq.training.write_rows import write_rows
from keraseq.wrappers._attention_frame import attention_frame, token_words
from keraseq.wrappers._auto import check_penalty, resolve_pairs
from keraseq.wrappers._features import note_features, read_like_training
from keraseq.wrappers._pair_fit import PairFit, copy_callbacks_of, hold_back_sources
from keraseq.wrappers._pairs import (
    barred_ids,
    check_target_kind,
    chrf,
    read_judges,
    read_pairs,
    read_targets,
    token_accuracy,
)
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.learned import called, warn_of_scale
from keraseq.wrappers.network_estimator import NetworkEstimator


class SequenceTransducer(NetworkEstimator):
    """Write another sequence for each: translate, answer, spell out what was said.

    An encoder of the zoo reads the source, whole; a decoder that attends to it writes the target
    token by token (Bahdanau et al. 2015, Vaswani et al. 2017). Sources are texts, lists of words,
    token ids or series of numbers; targets are texts or lists of tokens, and so are the answers.

    Parameters
    ----------
    encoder : str or callable, default="bilstm"
        A body of :func:`keraseq.list_models`, or one that you have registered.
    decoder : {"lstm", "transformer"}, default="lstm"
        An LSTM with additive attention, or a Transformer decoder.
    units, num_layers, dropout : "auto" or number
        Of encoder (`units` per direction) and decoder.
    model_params : dict, optional
        Further arguments of the encoder's builder, such as ``{"embedding_dim": 64}``.
    decoder_params : dict, optional
        What is otherwise in the decoder than in the encoder: `units`, `num_layers`, `dropout`,
        `embedding_dim`.
    input : {"auto", "text", "tokens", "series"}, default="auto"
        What sources are; token ids must be asked for.
    source_tokenizer, target_tokenizer : {"words", "characters", "subwords"} or callable, \
default="words"
        As of :class:`keraseq.encoding.TextEncoder`; lists of tokens are taken as they are.
        Subwords (extra ``text``) leave no word unknown, and give spaces back as they were.
    lowercase : bool, default=False
    max_tokens, min_count : "auto" or int
        Of each vocabulary; "auto" keeps 20,000 tokens, 4,096 where one is of subwords.
    max_length : "auto" or int
        Tokens (steps) of the longest source and target: 400 of text, 2,000 of numbers. Longer pairs
        are left out of training, with a warning; a longer source of `predict` is an error.
    missing : {"error", "fill"}, default="error"
        What becomes of NaN in numbers.
    beam_size : int, default=1
        Beginnings of an answer that are kept at each step; 1 takes the likeliest token (greedy).
    length_penalty : float, default=1.0
        Answers are compared by log-likelihood / ((5 + length) / 6) ** length_penalty.
    epochs, batch_size, optimizer, learning_rate, dtype_policy, jit_compile, strategy, \
early_stopping, validation_fraction, n_iter_no_change, checkpoint, callbacks, random_state, verbose
        As of :class:`keraseq.SequenceClassifier`.

    Attributes
    ----------
    encoder_, target_encoder_ : transformers
        Sources to ids or numbers, and targets to ids and back.
    model_ : keras.Model
        It takes ``{"source": ..., "target": ...}`` and gives logits of each token to come.
    history_ : dict of list
        Losses are of targets a tenth of which is spread over all tokens (label smoothing).
    n_iter_ : int
    params_ : dict
    score_name_ : str
        What `score` gives: "chrF" where sacrebleu is installed, else "token accuracy".

    References
    ----------
    Bahdanau, Cho, Bengio (2015). Neural machine translation by jointly learning to align and
    translate. ICLR, arXiv:1409.0473.
    Nguyen, Chiang (2018). Improving lexical choice in neural machine translation. NAACL,
    arXiv:1710.01329. The source's own vectors are attended to beside the encoder's states.

    Examples
    --------
    >>> import keraseq
    >>> words, numbers = ["one", "two", "six", "ten"], ["1", "2", "6", "10"]
    >>> settings = {"units": 16, "epochs": 100, "learning_rate": 0.01, "random_state": 0}
    >>> transducer = keraseq.SequenceTransducer("gru", source_tokenizer="characters", **settings)
    >>> transducer.fit(words, numbers).predict(["six", "ten"])
    ['6', '10']
    """

    pooling = parameter_budget = flop_budget = None
    no_export = (
        "An answer is written by a search that calls the decoder once a token, which exported "
        "files and their scripts do not hold"
    )
    _tasks = ("transduction",)

    def __init__(
        self,
        encoder="bilstm",
        decoder="lstm",
        *,
        units="auto",
        num_layers="auto",
        dropout="auto",
        model_params=None,
        decoder_params=None,
        input="auto",
        source_tokenizer="words",
        target_tokenizer="words",
        lowercase=False,
        max_tokens="auto",
        min_count="auto",
        max_length="auto",
        missing="error",
        beam_size=1,
        length_penalty=1.0,
        epochs="auto",
        batch_size="auto",
        optimizer="auto",
        learning_rate="auto",
        dtype_policy="auto",
        jit_compile="auto",
        strategy=None,
        early_stopping="auto",
        validation_fraction=0.1,
        n_iter_no_change=5,
        checkpoint=None,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        self._store(locals())

    @property
    def model(self):
        """The encoder, which is what a model of the zoo is here."""
        return self.encoder

    def fit(self, source_texts, target_texts, sample_weight=None, validation_data=None):
        """Learn from sources and what was made of each.

        Parameters
        ----------
        source_texts : list, array, Series or DataFrame
            Texts, lists of words, or numbers as arrays `(time_i, features)`; see
            :meth:`SequenceClassifier.fit`.
        target_texts : list, array or Series
            A text, or a list of tokens, for each.
        sample_weight : array-like `(n,)`, optional
        validation_data : tuple (source_texts, target_texts), optional
            Judges early stopping in place of a part of the pairs.

        Returns
        -------
        self

        Raises
        ------
        ValueError, TypeError
            For an empty source or target, another number of targets than sources, and settings out
            of range.
        KeyboardInterrupt
            After Ctrl-C. The estimator is fitted then, with its best weights so far, unless it came
            before the first step of training: then it is as it was.
        """
        prepare_devices(self.strategy)
        _check_encoder(self.encoder)
        pairs, target_kind, sources, fingerprint = read_pairs(
            source_texts, target_texts, self.input, self, sample_weight
        )
        params = resolve_pairs(self, pairs.sequences.kind, len(pairs))
        checkpoint = None if self.checkpoint is None else Checkpoint(self.checkpoint)
        seed = draw_seed(self.random_state, checkpoint)
        train, held_back = pairs, None
        if validation_data is not None:
            held_back = read_judges(self, source_texts, sources, target_kind, validation_data)
        elif params["early_stopping"]:
            train, held_back = hold_back_sources(pairs, self.validation_fraction, seed)
        fit = PairFit(self, params, seed, copy_callbacks_of(self, held_back))
        fit.encode(train, held_back, target_kind)
        run = fit.run(checkpoint, fingerprint)
        network = fit.network
        network.trained_on = f"{len(pairs):,} different pairs, fingerprint {fingerprint}"
        # All at once and last: a fit that fails leaves the former one whole.
        self.history_, self.n_iter_ = run.history, run.n_iter
        self.params_ = {**fit.params, "jit_compile": run.jit_compile}
        self.callbacks_, self.kind_ = fit.callbacks, pairs.sequences.kind
        self.encoder_, self.target_encoder_ = fit.encoder, fit.target
        self._target_kind, self._task = target_kind, fit.task
        note_features(self, source_texts, sources)
        self._network = network
        run.raise_interrupt()
        warn_of_scale(called(self), run, self.params_)
        return self

    def predict(self, source_texts, beam_size=None, length_penalty=None):
        """Write the target of each source.

        Parameters
        ----------
        source_texts : as of `fit`
            An empty source has an empty answer.
        beam_size : int, optional
            In place of the constructor's.
        length_penalty : float, optional
            In place of the constructor's.

        Returns
        -------
        list of str, or of lists of tokens
            In the form of the training targets. No answer is longer than the longest of these.

        Raises
        ------
        ValueError
            For a source longer than `max_length`.
        """
        rows = self._encode(source_texts)
        ids = self._write(rows, beam_size, length_penalty)
        return self._decode(ids)

    def attention(self, source, beam_size=None):
        """What each token of the answer to one source looks at.

        Parameters
        ----------
        source : str, list of words, or array
            One of them.
        beam_size : int, optional
            In place of the constructor's.

        Returns
        -------
        DataFrame
            A row for each token of the answer (`query`, `query_token`; the end among them) and each
            of the source (`key`, `key_token`), and its `weight`; a token's weights sum to one.
            :class:`keraseq.plots.AttentionMapsDisplay` draws it, by its `from_frame`.
        """
        (row,) = rows = self._encode([source])
        if not len(row):
            raise ValueError("source is empty, so that there is nothing to look at.")
        ids = [*self._write(rows, beam_size, None)[0], END]
        with self._network.borrow() as model:
            weights = BeamSearch.of(model).attention(pad_rows(rows), ids)
        keys = None
        if self.kind_ != "series" and weights.shape[1] == len(row):
            keys = token_words(self.encoder_, row)
        written = [*token_words(self.target_encoder_, ids[:-1]), "[end]"]
        frame = attention_frame(weights, written, keys)
        frame.attrs["model"] = f"{self._fitted_name} and {self.params_['decoder']}"
        return frame

    @property
    def score_name_(self):
        """What `score` gives here."""
        return "token accuracy" if chrf([""], [""]) is None else "chrF"

    def score(self, source_texts, target_texts):
        """Return chrF of the answers between 0 and 1, or without sacrebleu their token accuracy.

        chrF is the F-score of n-grams of characters over all answers (Popović 2015), as sacrebleu
        computes it, divided by 100. Token accuracy is the share of places at which answer and
        target have the same token, of the places that either has. `score_name_` says which.
        """
        check_is_fitted(self, "_network")
        sources = read_like_training(self, source_texts)
        truth = read_targets(target_texts, sources)
        check_target_kind(truth.kind, self._target_kind)
        answers = self.predict(source_texts)
        found = chrf(truth.rows, answers)
        if found is None:
            found = token_accuracy(self.target_encoder_, truth.rows, answers)
        return found

    def encode(self, source_texts):
        """Return sources as `model_` takes them: ids `(n, time)` or numbers `(n, time, ...)`."""
        return pad_rows(self._encode(source_texts))

    def _knows(self, source_texts, target_texts):
        """Whether these are the very pairs that it was fitted on."""
        check_is_fitted(self, "_network")
        sources = read_like_training(self, source_texts)
        fingerprint = read_pairs(sources, target_texts, self._input, self.encoder_)[3]
        return fingerprint in (self._network.trained_on or "")

    def _encode(self, source_texts):
        check_is_fitted(self, "_network")
        if isinstance(source_texts, str):
            raise TypeError("source_texts is one string; give a list of sources: [text].")
        rows = self.encoder_.transform(read_like_training(self, source_texts))
        longest = self.params_["max_length"]
        lengths = sequence_lengths(rows)
        if lengths.max() > longest:
            row = int((lengths > longest).argmax())
            raise ValueError(
                f"source_texts has {lengths[row]:,} steps or tokens in row {row}, more than "
                f"max_length={longest:,} of this fit. Cut it into shorter ones, such as "
                "sentences, or fit with a larger max_length."
            )
        return rows

    def _write(self, rows, beam_size, length_penalty):
        """The ids, without the end, that are written for each encoded source."""
        beam = self.params_["beam_size"] if beam_size is None else beam_size
        penalty = self.params_["length_penalty"] if length_penalty is None else length_penalty
        size = self._network.blueprint.plan.head.outputs[0]
        with self._network.borrow() as model:
            return write_rows(
                model,
                rows,
                barred_ids(self.target_encoder_, size),
                self.params_["longest_target"] + 1,
                beam_size=check_integer("beam_size", beam, 1),
                length_penalty=check_penalty(penalty),
            )

    def _decode(self, ids):
        if self._target_kind == "text":
            return self.target_encoder_.inverse_transform(ids)
        vocabulary = self.target_encoder_.vocabulary_
        return [[vocabulary[i] for i in row] for row in ids]


def _check_encoder(encoder):
    if not isinstance(encoder, str) and not is_registered(encoder):
        raise TypeError(
            f"encoder={encoder!r} must be a name of keraseq.list_models(), or a function that "
            "@keraseq.register_model has registered: a body, whose steps the decoder looks at."
        )

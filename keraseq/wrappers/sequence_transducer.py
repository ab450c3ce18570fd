"""Write a sequence for each sequence."""

import joblib
import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from keraseq._checks import check_choice, check_integer
from keraseq.batching import sequence_lengths, take_rows
from keraseq.encoding.reserved_ids import END
from keraseq.models import is_registered
from keraseq.tasks import get_task
from keraseq.training.batches import pad_rows
from keraseq.training.beam_search import BeamSearch
from keraseq.training.callbacks import copy_callbacks
from keraseq.training.checkpoint import Checkpoint
from keraseq.training.gpu import share_gpu
from keraseq.training.network import Network
from keraseq.training.optimizer import optimizer_config
from keraseq.training.pair_batches import PairBatches
from keraseq.wrappers._auto import check_penalty, resolve_pairs
from keraseq.wrappers._blueprints import make_blueprint
from keraseq.wrappers._features import naming, note_features, read_like_training
from keraseq.wrappers._pairs import (
    barred_ids,
    chrf,
    drop_long,
    read_pairs,
    read_targets,
    source_encoder,
    text_encoder,
    token_accuracy,
)
from keraseq.wrappers._rows import hold_back, mean_one
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.learned import warn_of_scale
from keraseq.wrappers.network_estimator import NetworkEstimator

_VALIDATION_BATCH = 128
# Numbers that the beginnings kept at one step may hold: 64 MB.
_MOST_KEPT, _MOST_ROWS = 2**24, 128


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
        Of each vocabulary.
    max_length : "auto" or int
        Tokens (steps) of the longest source and target: 400 of text, 2,000 of numbers. Longer pairs
        are left out of training, with a warning; a longer source of `predict` is an error.
    missing : {"error", "fill"}, default="error"
        What becomes of NaN in numbers.
    beam_size : int, default=1
        Beginnings of an answer that are kept at each step; 1 takes the likeliest token (greedy).
    length_penalty : float, default=1.0
        Answers are compared by log-likelihood / ((5 + length) / 6) ** length_penalty.
    epochs, batch_size, optimizer, learning_rate, dtype_policy, jit_compile, early_stopping, \
validation_fraction, n_iter_no_change, checkpoint, callbacks, random_state, verbose
        As of :class:`keraseq.SequenceClassifier`.

    Attributes
    ----------
    encoder_, target_encoder_ : transformers
        Sources to ids or numbers, and targets to ids and back.
    model_ : keras.Model
        It takes ``{"source": ..., "target": ...}`` and gives logits of each token to come.
    history_ : dict of list
    n_iter_ : int
    params_ : dict
    score_name_ : str
        What `score` gives: "chrF" where sacrebleu is installed, else "token accuracy".

    References
    ----------
    Bahdanau, Cho, Bengio (2015). Neural machine translation by jointly learning to align and
    translate. ICLR, arXiv:1409.0473.

    Examples
    --------
    >>> import keraseq
    >>> words = ["one", "two", "six", "ten"] * 16
    >>> transducer = keraseq.SequenceTransducer(
    ...     "gru", units=16, epochs=30, source_tokenizer="characters", random_state=0
    ... )
    >>> numbers = [{"one": "1", "two": "2", "six": "6", "ten": "10"}[word] for word in words]
    >>> transducer.fit(words, numbers).predict(["six", "ten"])
    ['6', '10']
    """

    pooling = parameter_budget = flop_budget = None
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
        share_gpu()
        _check_encoder(self.encoder)
        pairs, target_kind, sources, fingerprint = read_pairs(
            source_texts, target_texts, self.input, self, sample_weight
        )
        task, kind = get_task(self._tasks[0]), pairs.sequences.kind
        params = resolve_pairs(self, kind, len(pairs))
        checkpoint = None if self.checkpoint is None else Checkpoint(self.checkpoint)
        seed = draw_seed(self.random_state, checkpoint)
        train, held_back = pairs, None
        if validation_data is not None:
            held_back = self._read_validation(validation_data)
        elif params["early_stopping"]:
            train, held_back = hold_back(pairs, self.validation_fraction, _no_strata, seed)
        callbacks = copy_callbacks(
            self.callbacks,
            is_validated=held_back is not None,
            remedy="set early_stopping=True, or give fit validation_data=(sources, targets)",
        )
        encoder = source_encoder(self, kind, params)
        target = text_encoder(self.target_tokenizer, target_kind, params, self.lowercase)
        encoded = encoder.fit_transform(train.sequences), target.fit_transform(train.targets)
        encoded = drop_long(*encoded, train.weights, params["max_length"])
        # Of another length the validation part may be: what is not trained on is not judged.
        judged = None if held_back is None else self._judge(held_back, encoder, target, params)
        longest = max(sequence_lengths(encoded[1]))
        params |= {"longest_target": int(longest), "mean_length": _mean_length(encoded[0])}
        blueprint, outputs = self._blueprint(task, encoder, target, encoded, params, judged)
        batches, validation = (
            None if part is None else _batches(part, size, outputs, seed_)
            for part, size, seed_ in (
                (encoded, params["batch_size"], seed),
                (judged, _VALIDATION_BATCH, None),
            )
        )
        params.update(blueprint.sizes)
        if checkpoint is not None:
            checkpoint.begin(seed, f"{fingerprint} {params} {blueprint}")
        network = Network(blueprint, seed)
        run = network.fit(
            batches,
            validation,
            epochs=params["epochs"],
            learning_rate=params["learning_rate"],
            early_stopping=params["early_stopping"],
            n_iter_no_change=params["n_iter_no_change"],
            callbacks=callbacks,
            checkpoint=checkpoint,
            verbose=self.verbose,
        )
        network.trained_on = f"{len(pairs):,} different pairs, fingerprint {fingerprint}"
        # All at once and last: a fit that fails leaves the former one whole.
        self.history_, self.n_iter_ = run.history, run.n_iter
        self.params_ = {**params, "jit_compile": run.jit_compile}
        self.callbacks_, self.kind_, self._target_kind = callbacks, kind, target_kind
        self.encoder_, self.target_encoder_, self._task = encoder, target, task
        note_features(self, source_texts, sources)
        self._network = network
        run.raise_interrupt()
        warn_of_scale(self, run, params)
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
        query, key = (axis.ravel() for axis in np.indices(weights.shape))
        frame = pd.DataFrame({"row": 0, "layer": 1, "head": 1, "query": query, "key": key})
        frame["query_token"] = np.array([*self._tokens(self.target_encoder_, ids[:-1]), "[end]"])[
            query
        ]
        if self.kind_ != "series" and weights.shape[1] == len(row):
            frame["key_token"] = np.array(self._tokens(self.encoder_, row))[key]
        else:
            frame["key_token"] = key.astype(str)
        frame["weight"] = weights.ravel()
        frame.attrs["model"] = f"{self._model_name} and {self._network.blueprint.plan.spec.name}"
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
        if truth.kind != self._target_kind:
            raise ValueError(
                f"target_texts holds {truth.kind}, those of training were {self._target_kind}."
            )
        answers = self.predict(source_texts)
        found = chrf(truth.rows, answers)
        if found is None:
            found = token_accuracy(self.target_encoder_, truth.rows, answers)
        return found

    def encode(self, source_texts):
        """Return sources as `model_` takes them: ids `(n, time)` or numbers `(n, time, ...)`."""
        return pad_rows(self._encode(source_texts))

    def export(self, path, *, format="onnx", quantize=None, X=None, y=None):
        """Not possible: raises TypeError, with what to do."""
        raise TypeError(
            "SequenceTransducer has no export: an answer is written by a search that calls the "
            "decoder once a token, which the exported files and their scripts do not hold. Keep it "
            "by save('model.keraseq'), which keraseq.load reads, or take the bare network, "
            "estimator.model_.save('model.keras')."
        )

    def _encode(self, source_texts):
        check_is_fitted(self, "_network")
        if isinstance(source_texts, str):
            raise TypeError("source_texts is one string; give a list of sources: [text].")
        rows = self.encoder_.transform(read_like_training(self, source_texts))
        longest = self.params_["max_length"]
        lengths = sequence_lengths(rows)
        if lengths.max() > longest:
            row = int(np.argmax(lengths > longest))
            raise ValueError(
                f"source_texts has {lengths[row]:,} steps or tokens in row {row}, more than "
                f"max_length={longest:,} of this fit. Cut it into shorter ones, such as "
                "sentences, or fit with a larger max_length."
            )
        return rows

    def _write(self, rows, beam_size, length_penalty):
        """A list of ids, without the end, for each encoded source."""
        beam = self.params_["beam_size"] if beam_size is None else beam_size
        beam = check_integer("beam_size", beam, 1)
        penalty = self.params_["length_penalty"] if length_penalty is None else length_penalty
        penalty = check_penalty(penalty)
        outputs = self._network.blueprint.plan.head.outputs
        barred = barred_ids(self.target_encoder_, outputs[0])
        beam = min(beam, int((~barred).sum()))
        most, lengths = self.params_["longest_target"] + 1, sequence_lengths(rows)
        order = np.argsort(lengths, kind="stable")
        order = order[lengths[order] > 0]
        answers = [np.zeros(0, np.int32)] * len(lengths)
        with self._network.borrow() as model:
            search = BeamSearch.of(model)
            while len(order):
                index = order[: _rows_at_once(lengths[order], beam, outputs, most)]
                order = order[len(index) :]
                source = pad_rows(take_rows(rows, index))
                written, _ = search.run(
                    source, barred, most, beam_size=beam, length_penalty=penalty
                )
                for i, ids in zip(index, written, strict=True):
                    answers[i] = ids[(ids != END) & (ids > 0)]
        return answers

    def _decode(self, ids):
        if self._target_kind == "text":
            return self.target_encoder_.inverse_transform(ids)
        vocabulary = self.target_encoder_.vocabulary_
        return [[vocabulary[i] for i in row] for row in ids]

    def _tokens(self, encoder, ids):
        """Each token as it reads."""
        if self.kind_ == "tokens" and encoder is self.encoder_:
            return [str(row[0]) for row in encoder.inverse_transform([[i] for i in ids])]
        return [text.strip() or text for text in encoder.inverse_transform([[i] for i in ids])]

    def _read_validation(self, validation_data):
        if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
            raise TypeError("validation_data must be a tuple (source_texts, target_texts).")
        with naming("validation_data=(source_texts, target_texts)"):
            return read_pairs(*validation_data, self.input, self)[0]

    def _judge(self, held_back, encoder, target, params):
        parts = encoder.transform(held_back.sequences), target.transform(held_back.targets)
        with naming("the validation part"):
            return drop_long(*parts, held_back.weights, params["max_length"])

    def _blueprint(self, task, encoder, target, encoded, params, judged):
        """The blueprint, and what the task is asked for."""
        tokens = getattr(encoder, "vocabulary_size_", None)
        check_choice("decoder", self.decoder, task.decoders)
        width = params["embedding_dim"]
        sizes = {name: params[name] for name in ("units", "num_layers", "dropout")}
        given = {**sizes, "embedding_dim": width, **(self.decoder_params or {})}
        size = target.vocabulary_size_
        outputs = task.check_outputs({"vocabulary_size": size, "decoder": self.decoder, **given})
        own = {} if "embedding_dim" in (self.model_params or {}) else {"embedding_dim": width}
        n_batches = -(-len(encoded[1]) // params["batch_size"])
        blueprint = make_blueprint(
            self,
            params,
            optimizer_config(
                self.optimizer,
                steps=params["epochs"] * n_batches,
                averaged=judged is not None,
            ),
            input_shape=(None,) if tokens else (None, encoder.n_channels_out_),
            outputs=outputs,
            task=task.name,
            vocabulary_size=tokens,
            **own,
        )
        return blueprint, outputs


def _batches(encoded, batch_size, outputs, seed):
    sources, targets, weights = encoded
    return PairBatches(
        sources,
        targets,
        batch_size,
        vocabulary_size=outputs[0],
        weights=mean_one(weights),
        seed=seed,
    )


def _rows_at_once(lengths, beam, outputs, most):
    """How many of the sources, by rising length, are answered together."""
    size, _, units, num_layers, *_ = outputs
    # The likeliest next tokens, what the decoder keeps, and what it looks at.
    kept = beam * (size + 2 * units * num_layers * (most + lengths[:_MOST_ROWS]))
    fitting = np.arange(1, len(kept) + 1) * kept <= _MOST_KEPT
    return max(1, int(fitting.sum()))


def _mean_length(rows):
    return int(float(f"{np.maximum(sequence_lengths(rows), 1).mean():.2g}"))


def _no_strata(targets, held_back):
    return None


def _check_encoder(encoder):
    if not isinstance(encoder, str) and not is_registered(encoder):
        raise TypeError(
            f"encoder={encoder!r} must be a name of keraseq.list_models(), or a function that "
            "@keraseq.register_model has registered: a body, whose steps the decoder looks at."
        )

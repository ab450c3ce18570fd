"""Classify sequences."""

import numbers

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score

from keraseq._checks import shown
from keraseq.encoding import check_lengths
from keraseq.encoding.convert import FLOAT32
from keraseq.encoding.labels import comparable_labels, label_array
from keraseq.encoding.target_kind import is_matrix
from keraseq.tasks import get_task
from keraseq.wrappers._features import naming
from keraseq.wrappers._rows import mean_one, row_weights
from keraseq.wrappers._stream_rows import answers_and_truth
from keraseq.wrappers.sequence_estimator import SequenceEstimator


class SequenceClassifier(ClassifierMixin, SequenceEstimator):
    """Classify texts, time series or token sequences with any architecture of the zoo.

    Raw data in, labels in the user's own form out: it encodes, batches by length, builds, trains
    and decodes, and works in scikit-learn's pipelines, searches and cross-validation. Labels are
    one a row, or several as an indicator matrix `(n, labels)` of two columns at least: a matrix or
    frame of one column is one label a row, with scikit-learn's DataConversionWarning.

    Parameters
    ----------
    model : str or callable, default="gru"
        One of :func:`keraseq.list_models`, or its builder (`keraseq.lstm`); one registered with
        :func:`keraseq.register_model`; or any function
        ``f(input_shape, outputs, **model_params)`` that returns a Keras model, given those of
        ``task``, ``vocabulary_size``, ``seed`` that it names. Its output is logits unless it ends
        in softmax or sigmoid; compiled, it keeps its loss, optimiser and learning rate. Every
        call must make a new model.
    units, num_layers, dropout : "auto" or number, default="auto"
        Width of a layer, layers on top of each other and dropout behind each: what the
        architecture's own signature says, else 64, 1 and 0.
    parameter_budget, flop_budget : int, optional
        Solve the width for so many weights, or operations a sequence of mean length (to two
        digits), instead of giving `units`.
    pooling : str, optional
        As of the builders.
    model_params : dict, optional
        Further arguments of the builder or the function, such as ``{"embedding_dim": 32}``. Of
        series over 128 steps, what walks step by step reads at most 64 patches; ``{"patch_length":
        1}`` lets it see every step.
    input : {"auto", "text", "tokens", "series"}, default="auto"
        Strings are text and numbers are series; token ids must be asked for.
    tokenizer : {"words", "characters", "subwords"} or callable, default="words"
    max_tokens, max_length : "auto" or int, default="auto"
        Size of the vocabulary (20,000, the four reserved ids included), and tokens kept of longer
        texts (400: the first quarter and the last three).
    min_count : "auto" or int, default="auto"
        Tokens seen less often are unknown; 1, since rare tokens are hidden now and then while
        training (the builders' ``token_dropout``), which teaches the model what to make of words
        that it has never seen.
    embeddings : path-like or mapping, optional
        Vectors of words that the embedding begins with and trains on: a text file of GloVe,
        word2vec or fastText (`.vec`), also as `.gz`, or a mapping such as gensim's KeyedVectors.
        Their width is the embedding's. Words without a vector are drawn at the spread of those
        with one; ``params_["embeddings_coverage"]`` says how many have one. Each fit reads the
        file, those of a search too (1.3 s for 400,000 words of 100 numbers); a mapping is there.
    pretrained : SequenceGenerator, path-like or pair of these, optional
        A fitted language model, or the file of a saved one, to start from: its vocabulary, its
        embedding and its body, read by "last_mean_max" (ULMFiT, Howard & Ruder 2018). A pair
        ``(forward, backward)``, the second made with ``backward=True``, is read from both ends.
        Model, sizes and tokenizer are the generator's; giving them too is an error. Layers are
        freed from the head down, one an epoch, all of them after a quarter of the epochs; each
        learns at 1 / 1.3 of the rate of the one above it, the embedding slowest, and none decays.
        In a search's grid, whose values scikit-learn clones, a generator stands as
        ``FrozenEstimator(generator)`` or as a path.
    missing : {"error", "fill"}, default="error"
        What to do with NaN that is not padding.
    epochs, batch_size : "auto" or int, default="auto"
        Resolved from the kind and the number of rows; see ``params_``. ``epochs=0`` leaves the
        first weights.
    optimizer : "auto", str or keras.optimizers.Optimizer, default="auto"
        AdamW with weight decay .004 and gradients clipped to norm 1; one of Keras's by name; or an
        instance, of which each fit makes its own.
    learning_rate : "auto" or float, default="auto"
        Where it starts; it falls to zero along a cosine, or as a callback sets it (such as
        ``ReduceLROnPlateau``). An optimizer instance brings its own.
    dtype_policy : "auto", str or keras.DTypePolicy, default="auto"
        What the network computes in: "float32", "mixed_bfloat16", "mixed_float16" and so on; what
        it reads and answers stays exact. "auto" is Keras's global policy: yours, where you have
        set one, else float32, on a GPU too, where half precision was not measured. A
        ConvergenceWarning tells where float16's range does not do; bfloat16 has float32's.
    jit_compile : "auto" or bool, default="auto"
        Let XLA compile the training step, which takes seconds for each shape of a batch. "auto" is
        off on TensorFlow: on a CPU it was slower (LSTM) or level (GRU, Transformer), and on a GPU,
        not measured, it would do without cuDNN. It is on for JAX, which compiles in no other way.
        A model that XLA cannot compile is trained without; the log and ``params_`` tell. Answers
        to single rows are compiled when they are asked for often, whatever this says.
    strategy : {"mirrored", "multi_worker"} or callable, optional
        One fit on all devices of this machine, on the machines that TF_CONFIG names (each runs the
        same program), or by the `tf.distribute.Strategy` that a function makes. Each computes its
        share of every batch, `batch_size` being all of it, and gradients are summed, so that the
        weights are those of one device but for rounding; where the steps of a sequence have losses
        of their own, the shares' means count alike. ``keras.Model.fit`` trains then, which is
        worth it where a batch keeps several devices busy. One device trains as without.
    early_stopping : "auto" or bool, default="auto"
        Hold back a part of the rows, and keep the weights that do best on it: averages over the
        last fifth of the steps so far (at most 500), which are judged in their place. With "auto"
        training on series waits at least 150 steps for better ones, since a few rows judge a few
        steps badly.
    validation_fraction : float, default=0.1
        Share of the rows held back.
    n_iter_no_change : int, default=5
        Epochs without improvement after which training stops.
    class_weight : dict or "balanced", optional
        Weight of each class; "balanced" gives all the same sum (not in `partial_fit`).
    warm_start : bool, default=False
        Let `fit` go on from the weights, vocabulary and classes of the fit before.
    checkpoint : str or path-like, optional
        Directory: the fit's state is written there after every epoch, so that a killed fit, run
        again, goes on from its last whole epoch and ends with the same numbers. Removed at the end.
        The state of user callbacks is not in it.
    callbacks : keras.callbacks.Callback or list of them, optional
        Each fit runs copies of its own (see ``callbacks_``), on a model compiled for it alone.
    random_state : int, RandomState or None, default=None
        Equal numbers give equal predictions.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    classes_ : ndarray
    model_ : keras.Model
        The trained model; it gives logits for what :meth:`encode` returns.
    history_ : dict of list
        A value an epoch.
    n_iter_ : int
        Epochs run.
    params_ : dict
        What "auto" became.
    callbacks_ : list of keras.callbacks.Callback
        The copies of `callbacks` that ran; no part of a pickle.

    Examples
    --------
    >>> import keraseq
    >>> texts = ["a good film", "good fun", "a bad film", "bad, dull"] * 8
    >>> labels = ["pos", "pos", "neg", "neg"] * 8
    >>> clf = keraseq.SequenceClassifier("gru", units=8, epochs=20, random_state=0)
    >>> clf.fit(texts, labels).predict(["good", "bad"]).tolist()
    ['pos', 'neg']
    """

    _tasks = ("classification", "multilabel")

    def __init__(
        self,
        model="gru",
        *,
        units="auto",
        num_layers="auto",
        dropout="auto",
        parameter_budget=None,
        flop_budget=None,
        pooling=None,
        model_params=None,
        input="auto",
        tokenizer="words",
        max_tokens="auto",
        max_length="auto",
        min_count="auto",
        embeddings=None,
        pretrained=None,
        missing="error",
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
        class_weight=None,
        warm_start=False,
        checkpoint=None,
        callbacks=None,
        random_state=None,
        verbose=0,
    ):
        self._store(locals())

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train one epoch on these rows, at a constant learning rate.

        The first call decides vocabulary or scaling and, if `classes` is not given, the classes.

        Parameters
        ----------
        X, y, sample_weight
            As of :meth:`fit`.
        classes : array-like or set, optional
            All labels that later calls will bring.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For ``class_weight="balanced"``: the rows of one call do not tell how many of each class
            there are.
        """
        if isinstance(self.class_weight, str) and self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' counts the rows of each class, and partial_fit sees a "
                "part of them; give a dict of weights, such as "
                "sklearn.utils.class_weight.compute_class_weight counts for all labels."
            )
        return self._partial_fit(X, y, sample_weight, classes)

    @property
    def classes_(self):
        """The labels in sorted order; of an indicator matrix its columns."""
        if not hasattr(self, "target_"):
            raise AttributeError(f"This {type(self).__name__} has no classes_ before fit.")
        return self.target_.classes_

    def decision_function(self, X):
        """Return the logits `(n, classes)`; for two classes `(n,)`, positive for the second."""
        logits = self._raw(X)
        binary = logits.shape[1] == 2 and not self._task.many_labels
        return logits[:, 1] - logits[:, 0] if binary else logits

    def predict_proba(self, X):
        """Return the probability of each of ``classes_``, shape `(n, classes)`."""
        logits = self._raw(X)
        return self._task.decode(logits)

    def predict(self, X):
        """Return the most probable label of each sequence, in the form in which labels came.

        For an indicator matrix: every label of probability above one half, as such a matrix.
        """
        logits = self._raw(X)
        return self.target_.inverse_transform(self._task.answer(logits))

    def score(self, X, y=None, sample_weight=None):
        """Return the accuracy; labels unseen in training count as wrong.

        For an indicator matrix: the share of rows whose labels are all right.
        """
        answers, y, sample_weight = answers_and_truth(self, X, y, sample_weight)
        check_lengths(answers, y)
        if self._task.many_labels:
            truth = self.target_.transform(y)
        else:
            truth = comparable_labels(label_array(y), self.classes_)
            answers = comparable_labels(answers, self.classes_)
        weights = row_weights(len(truth), sample_weight)
        return accuracy_score(truth, answers, sample_weight=weights)

    def _find_task(self, y):
        has_many = is_matrix(y)
        return next(t for t in map(get_task, self._tasks) if t.many_labels == has_many)

    def _make_target(self, task, y, classes=None):
        target = task.make_target()
        if not task.many_labels and classes is None:
            return target.fit(y)
        if not task.many_labels:
            with naming("classes"):
                return target.fit(classes)
        # An indicator matrix has a column for every label that it will ever have.
        target.fit(y)
        if classes is not None and len(classes) != target.outputs_:
            raise ValueError(f"classes has {len(classes)} labels; y has {target.outputs_} columns.")
        return target

    def _mean_one(self, rows, target):
        if self.class_weight is None:
            return super()._mean_one(rows, target)
        self._refuse_many_labels(rows.targets)
        weights = np.ones(len(rows)) if rows.weights is None else rows.weights
        weights = weights * self._weight_of_class(rows.targets, weights, target)[rows.targets]
        if not weights.any():
            raise ValueError(f"class_weight={self.class_weight} leaves no row any weight.")
        return mean_one(weights)

    def _refuse_many_labels(self, targets):
        if np.ndim(targets) == 2:
            raise ValueError(
                "class_weight weighs the one class of a row; y has several labels a row. Use "
                "sample_weight."
            )

    def _weight_of_class(self, codes, weights, target):
        n_classes = len(target.classes_)
        if isinstance(self.class_weight, str) and self.class_weight == "balanced":
            counts = np.bincount(codes, weights, minlength=n_classes)
            return weights.sum() / (n_classes * np.where(counts > 0, counts, 1.0))
        if not isinstance(self.class_weight, dict):
            raise ValueError(f"class_weight={self.class_weight!r} must be 'balanced' or a dict.")
        result = np.ones(n_classes)
        for label, weight in self.class_weight.items():
            if not isinstance(weight, numbers.Real) or not 0 <= weight <= float(FLOAT32.max):
                raise ValueError(
                    f"class_weight has {shown(weight)} for the class {shown(label)}; it must be a "
                    "number of at least 0 that float32 holds."
                )
            found = np.flatnonzero([label == known for known in target.classes_])
            if not len(found):
                raise ValueError(
                    f"class_weight names the class {label!r}; y has {target.classes_.tolist()}."
                )
            result[found] = weight
        return result

    def _strata(self, targets, held_back):
        if targets.ndim == 2:
            return None
        counts = np.bincount(targets)
        fewest = min(held_back, len(targets) - held_back)
        possible = counts[counts > 0].min() >= 2 and fewest >= np.count_nonzero(counts)
        return targets if possible else None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

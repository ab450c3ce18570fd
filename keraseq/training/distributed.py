"""One fit on several devices or machines, each of which computes a share of every batch."""

import contextlib
import copy
import functools
import logging
import os

import numpy as np

from keraseq._checks import check_choice, shown
from keraseq._keras import keras
from keraseq.training.gpu import share_gpu

_logger = logging.getLogger(__name__)
NAMES = ("mirrored", "multi_worker")


class Counts:
    """What ran so far, for those who must know that it did.

    Attributes
    ----------
    n_fits : int
        Trainings on several replicas.
    """

    def __init__(self):
        self.n_fits = 0


COUNTS = Counts()


def prepare_devices(strategy):
    """Open what an estimator's `strategy` asks for, and let worker processes share a GPU.

    To be called before TensorFlow computes anything, which several machines ask for.
    """
    share_gpu()
    open_strategy(strategy)


def open_strategy(strategy):
    """Return the tf.distribute.Strategy that an estimator's `strategy` asks for.

    It is made once and serves the fits that follow.

    Parameters
    ----------
    strategy : None, {"mirrored", "multi_worker"} or callable

    Returns
    -------
    tf.distribute.Strategy or None
        None where one replica would compute all.

    Raises
    ------
    ValueError, TypeError
        For anything else, for another backend than TensorFlow, and for several machines where the
        environment variable TF_CONFIG does not name them.
    """
    if strategy is None:
        return None
    if isinstance(strategy, str):
        check_choice("strategy", strategy, NAMES)
    elif not callable(strategy):
        raise TypeError(
            f"strategy={shown(strategy)} must be 'mirrored', 'multi_worker' or a function that "
            "makes a tf.distribute.Strategy. A strategy itself can neither be copied nor pickled: "
            "give the function that makes it, such as lambda: tf.distribute.MirroredStrategy(...)."
        )
    backend = keras.config.backend()
    if backend != "tensorflow":
        raise ValueError(
            f"strategy={shown(strategy)}: Keras runs on {backend}, and tf.distribute is "
            "TensorFlow's alone (environment variable KERAS_BACKEND). Leave strategy=None; under "
            "JAX, Keras shards a fit by keras.distribution.set_distribution, set before it."
        )
    opened = _named(strategy) if isinstance(strategy, str) else _made(strategy)
    if opened.num_replicas_in_sync == 1:
        _logger.info("strategy=%s found one device, which trains as without it", shown(strategy))
        return None
    return opened


@functools.lru_cache(maxsize=1)
def _made(function):
    import tensorflow as tf

    made = function()
    if not isinstance(made, tf.distribute.Strategy):
        raise TypeError(
            f"strategy={shown(function)} returned {shown(made)}; it must return a "
            "tf.distribute.Strategy."
        )
    return made


@functools.cache
def _named(name):
    """A strategy made once: what several machines share is begun once in a process."""
    import tensorflow as tf

    if name == "mirrored":
        # Logical devices too: several of one CPU are what a test has.
        kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
        return tf.distribute.MirroredStrategy(
            [d.name for d in tf.config.list_logical_devices(kind)]
        )
    if not os.environ.get("TF_CONFIG"):
        raise ValueError(
            "strategy='multi_worker' needs the environment variable TF_CONFIG in each process, "
            'which names all machines and which one this is: \'{"cluster": {"worker": '
            '["host1:12345", "host2:12345"]}, "task": {"type": "worker", "index": 0}}\'.'
        )
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:
        raise RuntimeError(
            "strategy='multi_worker': TensorFlow has computed in this process before, and several "
            f"machines must be joined first ({error}). Fit with it before anything else, or join "
            "them at the top of the program and give a function that returns the strategy."
        ) from error


@contextlib.contextmanager
def under(strategy):
    """What is built in a block belongs to a strategy, if there is one."""
    with contextlib.nullcontext() if strategy is None else strategy.scope():
        yield


def reduce_before_clipping(optimizer):
    """Let an optimiser sum the gradients of all replicas before it clips them.

    Keras clips each replica's share by itself, which is another step than that of one replica.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    clip, reduce = optimizer._clip_gradients, optimizer._all_reduce_sum_gradients

    def clip_sums(grads):
        return clip([grad for grad, _ in reduce([(grad, None) for grad in grads])])

    optimizer._clip_gradients, optimizer._all_reduce_sum_gradients = clip_sums, list


def prepare(model, strategy, batches):
    """Do for a compiled model what Keras's `fit` cannot where a machine has one device.

    It asks a distributed batch for the variables of optimiser and metrics, and takes the mean of a
    step's results over an axis that they lack.
    """
    import tensorflow as tf

    first = getattr(batches, "first_batch", None) or next(iter(batches.generate()))
    model._symbolic_build(data_batch=keras.tree.map_structure(keras.ops.convert_to_tensor, first))
    model._maybe_symbolic_build = lambda *_, **__: None
    if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        model.train_step = _with_axis(model.train_step)
        model.test_step = _with_axis(model.test_step)


def _with_axis(step):
    def with_axis(data):
        return {name: value[None] for name, value in step(data).items()}

    return with_axis


def distribute(strategy, batches, epochs):
    """Return a dataset of the batches of several epochs, each batch shared by all replicas.

    Parameters
    ----------
    strategy : tf.distribute.Strategy
    batches : Batches
    epochs : iterable of int
    """
    import tensorflow as tf

    n_replicas = strategy.num_replicas_in_sync
    signature = keras.tree.map_structure(
        lambda part: tf.TensorSpec(part.shape, part.dtype), batches.signature
    )

    def dataset(context):
        n_local = n_replicas // context.num_input_pipelines
        own = slice(n_local * context.input_pipeline_id, n_local * (context.input_pipeline_id + 1))

        def shares():
            # It is read ahead of the epoch that the fit is in.
            reader = copy.copy(batches)
            try:
                for reader.epoch in epochs:
                    for batch in reader.generate():
                        yield from share(batch, n_replicas)[own]
            except Exception as error:
                # TensorFlow raises one of its own, with this one's text in the middle.
                batches.error = error
                raise

        return tf.data.Dataset.from_generator(shares, output_signature=signature)

    COUNTS.n_fits += 1
    return strategy.distribute_datasets_from_function(dataset)


def share(batch, n):
    """Cut a batch into n of equal size; one that cannot be is given whole to all.

    So the mean of the replicas' losses is the batch's, whatever its number of rows.

    Examples
    --------
    >>> import numpy as np
    >>> from keraseq.training.distributed import share
    >>> [part[0].tolist() for part in share((np.arange(4),), 2)]
    [[0, 1], [2, 3]]
    >>> [part[0].tolist() for part in share((np.arange(3),), 2)]
    [[0, 1, 2], [0, 1, 2]]
    """
    parts = keras.tree.flatten(batch)
    if len(parts[0]) % n:
        return [batch] * n
    cut = zip(*(np.split(part, n) for part in parts), strict=True)
    return [keras.tree.pack_sequence_as(batch, list(pieces)) for pieces in cut]

"""One pass over rows, going on from where the last one ended."""

from functools import partial

from keraseq._checks import check_integer
from keraseq.encoding.streams import is_stream
from keraseq.training.batches import Batches
from keraseq.training.callbacks import copy_callbacks
from keraseq.training.network import Network
from keraseq.wrappers._auto import check_rate, is_auto, resolve_parameters
from keraseq.wrappers._embeddings import count_tokens
from keraseq.wrappers._features import encode_training
from keraseq.wrappers._pretrained import first_weights, with_pretrained
from keraseq.wrappers._rows import mean_length
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers.learned import called, warn_of_scale


def _set_since(estimator):
    """The parameters of the calls before, with what the user has set of each step since."""
    given = {name: getattr(estimator, name) for name in ("batch_size", "learning_rate")}
    given = {name: value for name, value in given.items() if not is_auto(value)}
    if "batch_size" in given:
        given["batch_size"] = check_integer("batch_size", given["batch_size"], 1)
    if "learning_rate" in given:
        given["learning_rate"] = check_rate(estimator, given["learning_rate"])
    return {**estimator.params_, **given}


def fit_once(estimator, X, y, sample_weight, classes=None):
    """One pass over these rows, going on from where the last one ended."""
    if is_stream(X):
        raise TypeError(
            "X is a stream; partial_fit takes rows in memory, such as one part of it at a time. "
            "fit reads a whole stream."
        )
    former = vars(estimator) if hasattr(estimator, "_network") else None
    settings = with_pretrained(estimator)
    rows, task, target, _ = settings._read(X, y, sample_weight, former, classes)
    if former is None:
        target.fit_scale(rows.targets, rows.weights)
    first = {} if former else resolve_parameters(settings, rows.sequences, task)
    params = _set_since(estimator) if former else {**first, "epochs": 1}
    encoder, encoded = encode_training(settings, rows.sequences, params, former)
    params.setdefault("mean_length", mean_length(encoded))
    callbacks = copy_callbacks(
        estimator.callbacks, is_validated=False, remedy="partial_fit holds no rows back, fit can"
    )
    calls = former["n_iter_"] if former else 0
    seed = former["_network"].seed if former else draw_seed(estimator.random_state)
    batches = Batches(
        encoded,
        params["batch_size"],
        targets=target.scaled(rows.targets),
        weights=estimator._mean_one(rows, target),
        seed=seed + calls,
    )
    network = former["_network"] if former else None
    if network is None:
        weights = first_weights(
            settings, rows.sequences.kind, encoder, partial(count_tokens, encoded), seed, params
        )
        blueprint = settings._blueprint(task, encoder, target, encoded, params, False)
        network = Network(blueprint, seed, weights)
    run = network.fit(
        batches,
        epochs=1,
        learning_rate=params["learning_rate"],
        constant_rate=True,
        callbacks=callbacks,
        keep_optimizer=True,
        verbose=estimator.verbose,
        strategy=estimator.strategy,
    )
    run = run.after(former["history_"], calls) if former else run
    estimator._finish(X, rows, task, target, encoder, network, params, run, callbacks)
    warn_of_scale(called(estimator), run, params)
    return estimator

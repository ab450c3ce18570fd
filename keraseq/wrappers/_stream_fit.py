"""A fit whose data are read in parts: once to learn what they are, then once for each epoch."""

from keraseq.training.callbacks import copy_callbacks
from keraseq.training.checkpoint import Checkpoint
from keraseq.training.distributed import prepare_devices
from keraseq.training.network import Network
from keraseq.wrappers._features import make_encoder, refuse_other_encoder
from keraseq.wrappers._pretrained import first_weights, with_pretrained
from keraseq.wrappers._rows import Rows, check_judges
from keraseq.wrappers._seeds import draw_seed
from keraseq.wrappers._stream_rows import StreamRows, open_stream
from keraseq.wrappers._stream_survey import Survey
from keraseq.wrappers.learned import check_learned


def fit_stream(estimator, X, y, sample_weight, validation_data):
    """Fit an estimator of sequences to a stream; see `SequenceEstimator.fit`."""
    prepare_devices(estimator.strategy)
    former = None
    if estimator.warm_start and hasattr(estimator, "_network"):
        former = vars(estimator)
    settings, is_validated = with_pretrained(estimator), validation_data is not None
    check_judges(validation_data)
    callbacks = copy_callbacks(
        estimator.callbacks, is_validated=is_validated, remedy="give fit validation_data=(X, y)"
    )
    checkpoint = None if estimator.checkpoint is None else Checkpoint(estimator.checkpoint)
    seed = draw_seed(estimator.random_state, checkpoint)
    data = StreamRows(settings, open_stream(estimator, X, y, sample_weight), former)
    survey = Survey(settings, data, former, is_validated=is_validated)
    encoder, target, task = survey.encoder, survey.target, survey.task
    params = survey.params()
    if former:
        refuse_other_encoder(encoder, make_encoder(settings, former["kind_"], params))
    batches = survey.batches(params["batch_size"], seed)
    first, known = (data.X, data.sequences), (encoder, target, task)
    validation, judged = estimator._judges(first, known, former, validation_data)
    first = first_weights(settings, survey.kind, encoder, survey.token_counts, seed, params, former)
    blueprint = settings._blueprint(task, encoder, target, survey.form, params, is_validated)
    params.update(blueprint.sizes)
    network = former["_network"].go_on(blueprint) if former else Network(blueprint, seed, first)
    if checkpoint is not None:
        facts = estimator._facts(encoder, judged())
        checkpoint.begin(seed, f"{survey.fingerprint} {params} {blueprint} {facts}")
    run = estimator._train(network, batches, validation, params, callbacks, checkpoint)
    network.trained_on = f"{survey.n_rows:,} rows of a stream, fingerprint {survey.fingerprint}"
    rows = Rows(data.sequences, None, None)
    estimator._finish(data.X, rows, task, target, encoder, network, params, run, callbacks)
    check_learned(estimator, task, network, run, params, batches, target.outputs_)
    return estimator


def survey_judges(estimator, validation_data, first, known, former):
    """Return the Survey of validation data that are a stream, as `_judges` is given them."""
    data = StreamRows(estimator, open_stream(estimator, validation_data), former, like=first)
    known = dict(zip(("encoder_", "target_", "_task"), known, strict=True))
    return Survey(estimator, data, known, judges=True)

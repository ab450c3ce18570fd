"""Fit a classifier as every recipe on classes does, and print what makes its score honest."""

import time

import keraseq
from keraseq.cli.labelled_data import few
from keraseq.cli.show import about, plot_history, print_lines, save, with_error
from keraseq.cli.training_bar import start_tensorflow, training_bar


def classify(options, data, baseline, baseline_name):
    """Fit, print what a reader needs to trust the score, and return model, X_test, y_test."""
    X, y, X_test, y_test, split = few(options, data)
    print_lines(data=options.data, split=split)
    start_tensorflow()
    model = keraseq.SequenceClassifier(
        options.model,
        epochs=epochs(options),
        callbacks=training_bar(),
        random_state=options.seed,
    )
    seconds = timed(model.fit, X, y)
    score, rival = model.score(X_test, y_test), baseline.fit(X, y).score(X_test, y_test)
    print_lines(
        **about(options, model, seconds),
        accuracy=with_error(score, len(y_test)),
        baseline=f"{with_error(rival, len(y_test))} ({baseline_name})",
    )
    save(options, model)
    if options.plot:
        plot_history(options, model)
    return model, X_test, y_test


def epochs(options):
    default = 1 if options.quick else "auto"
    return default if options.epochs is None else options.epochs


def timed(call, *arguments, **named):
    """Call, and return the seconds that it took."""
    start = time.perf_counter()
    call(*arguments, **named)
    return time.perf_counter() - start

"""Fit a classifier as every recipe on classes does, and print what makes its score honest."""

import keraseq
from keraseq.cli.fitting import epochs, timed, training_bar
from keraseq.cli.printing import about, print_lines, with_error
from keraseq.cli.saving import save_model, save_plot


def classify(options, rows, baseline, baseline_name):
    """Fit, print what a reader needs to trust the score, and save what the options ask for.

    Parameters
    ----------
    options : Namespace
    rows : LabelledRows
    baseline : classifier
        What the model has to beat, fitted and scored on the same rows.
    baseline_name : str

    Returns
    -------
    SequenceClassifier
        Fitted.
    """
    print_lines(data=options.data, split=rows.split)
    model = keraseq.SequenceClassifier(
        options.model,
        epochs=epochs(options),
        callbacks=training_bar(),
        random_state=options.seed,
    )
    seconds = timed(model.fit, rows.X, rows.y)
    score = model.score(rows.X_test, rows.y_test)
    rival = baseline.fit(rows.X, rows.y).score(rows.X_test, rows.y_test)
    n_test = len(rows.y_test)
    print_lines(
        **about(options, model, seconds),
        accuracy=with_error(score, n_test),
        baseline=f"{with_error(rival, n_test)} ({baseline_name})",
    )
    save_model(options, model)
    if options.plot:
        # Here, since it loads what a recipe without --plot does without.
        from keraseq.plots import LearningCurvesDisplay

        save_plot(options, LearningCurvesDisplay.from_estimator(model).figure_)
    return model

"""Score a saved model on the rows of a file, whose answers are known.

  keraseq evaluate stars.keraseq test.csv
  keraseq evaluate stars.keraseq test.csv --card card.md
  keraseq evaluate sales.keraseq history.csv
  keraseq evaluate writer.keraseq unseen.txt

The score is that of all of keraseq: accuracy, R², for forecasts the error in units of the naive
forecast's, for texts minus nats a token (and the perplexity beside it), for what is written chrF.
What it means is for rows that nothing was chosen on. Of rows that the model was trained on there is
none; of a history it counts what lies behind them, and `keraseq backtest` scores a model fitted
anew on the first part.
"""

from keraseq.cli.fitted import add_fitted_options


def add_options(parser):
    add_fitted_options(parser)
    parser.add_argument("--card", metavar="FILE.md", help="write its card with these scores")


def run(options):
    from keraseq.cli.fitted import Fitted
    from keraseq.cli.output import check_output, write_text

    check_output(options.card, [".md"])
    fitted = Fitted(options)
    if not hasattr(fitted.estimator, "card"):
        raise ValueError(f"{type(fitted.estimator).__name__} has no card, and so no such scores.")
    if fitted.is_forecaster:
        X, y = None, fitted.history()
    elif hasattr(fitted.estimator, "generate"):
        X, y = fitted.texts(), None
    else:
        X, y = fitted.rows(with_target=True)
    card = fitted.estimator.card(X, y)
    _, _, scores = card.partition("## Scores")
    lines = [line.removeprefix("- ") for line in scores.partition("##")[0].strip().splitlines()]
    print("\n".join(lines))
    if lines[0].startswith("None"):
        return
    if hasattr(fitted.estimator, "classes_") and getattr(y, "ndim", 0) == 1:
        from sklearn.metrics import classification_report

        print(f"\n{classification_report(y, fitted.estimator.predict(X), zero_division=0)}", end="")
    if options.card:
        write_text(options.card, card)

"""Forecast the past as if it were the future, beside naive forecasts.

  keraseq backtest sales.keraseq sales.csv
  keraseq backtest sales.keraseq sales.csv --start 2024-01-01 --by step -o forecasts.csv

A new model with the saved one's parameters is fitted on the rows before --start and forecasts from
there on: what the saved model has seen does not matter.
"""

from keraseq.cli.command_line import UsageError, positive
from keraseq.cli.fitted import add_fitted_options


def add_options(parser):
    add_fitted_options(parser)
    group = parser.add_argument_group("backtest")
    group.add_argument("--start", help="first date forecast, or a share of rows; by default .8")
    group.add_argument(
        "--stride", type=positive, metavar="N", help="steps between origins; the horizon"
    )
    group.add_argument(
        "--season", type=positive, metavar="N", help="its steps, for the naive forecast and MASE"
    )
    group.add_argument("--refit", action="store_true", help="fit again at each origin")
    group.add_argument("--by", choices=["series", "step", "target", "origin"], help="split scores")
    parser.add_argument("-o", "--output", metavar="FILE", help="write every forecast")


def run(options):
    from keraseq.cli.fitted import Fitted
    from keraseq.cli.output import TABLES, check_output, writing_rows
    from keraseq.cli.series_frame import covariates

    check_output(options.output, TABLES)
    fitted = Fitted(options)
    if not fitted.is_forecaster:
        raise UsageError(f"{options.model} makes no forecasts; `keraseq evaluate` scores it.")
    result = fitted.estimator.backtest(
        fitted.history(),
        start=_start(options.start),
        stride=options.stride,
        season=options.season,
        refit=options.refit,
        **covariates(fitted.columns),
    )
    print(result.score_by(options.by).round(4).to_string() if options.by else result)
    if options.output:
        with writing_rows(options.output) as write:
            write(result.forecasts)


def _start(text):
    """A share, a row's number or a date."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        import pandas as pd

        try:
            return pd.Timestamp(text)
        except ValueError:
            raise UsageError(
                f"--start {text} is no date such as 2024-01-31, no share of the rows and no number "
                "of a row."
            ) from None
    return int(number) if number.is_integer() and "." not in text else number

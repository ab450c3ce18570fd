"""Forecast one time series or many, and say how much better than naive.

python recipes/forecasting.py                                  # CO2 at Mauna Loa, monthly
python recipes/forecasting.py --data etth1 --model gru         # the published protocol, horizon 96
python recipes/forecasting.py --data mine.csv --date date --target value --horizon 7 --season 7
python recipes/forecasting.py --data shops.csv --date day --target sold --series shop \\
    --future promotion,price --static region --calendar

Also by name: sunspots. The last fifth is the test part (etth1: the published 8,640 / 2,880 / 2,880
rows, z-scored on the first part): every window in it is forecast once, without refitting. The ± is
the standard error over as many windows as fit side by side; of many series, that over series.
Without arguments under a minute on 2 cores: expect an MSE near 0.7, a fifth of that of repeating
the last year.
"""

import keraseq
from keraseq import cli

COLUMNS = {
    "date": "its dates",
    "target": "values to forecast",
    "series": "of several series, one or more that tell them apart",
    "future": "what is known ahead, such as promotions and prices",
    "static": "what tells series apart, such as a region",
}


def run(options):
    horizon = options.horizon or (96 if options.data == "etth1" else 12)
    data = cli.series_to_forecast(options, horizon)
    cli.print_lines(
        data=f"{options.data}: {data.size()}; horizon {horizon}, season {data.season}",
        split=f"{data.split}; {data.n_windows(horizon):,} windows, each forecast once",
    )
    model = keraseq.SequenceForecaster(
        options.model,
        horizon=horizon,
        lookback=options.lookback or "auto",
        calendar=options.calendar,
        missing=options.missing,
        freq=options.freq,
        **data.columns(),
        epochs=cli.epochs(options),
        callbacks=cli.training_bar(),
        random_state=options.seed,
    )
    seconds = cli.timed(model.fit, data.training(), **data.covariates())
    tested = cli.forecast_tests(model, data)
    score, *rivals = cli.scores(tested).items()
    cli.print_lines(**cli.about(options, model, seconds), score=score[1])
    for name, said in rivals:
        cli.print_lines(baseline=f"{said} ({name})")
    if len(tested) > 1:
        cli.print_lines(series=cli.series_by_series(tested))
    cli.save_model(options, model)
    if options.plot:
        cli.plot_forecasts(options, tested[0])


if __name__ == "__main__":
    made = cli.parser(__doc__, model="gru", data="co2", columns=COLUMNS)
    made.add_argument("--calendar", action="store_true", help="tell the model what dates say")
    made.add_argument("--horizon", type=cli.positive, help="steps to forecast")
    made.add_argument("--lookback", type=cli.positive, help="steps of history to read")
    made.add_argument("--season", type=cli.positive, help="its steps; by the dates by default")
    made.add_argument("--freq", type=cli.step, help="step of the dates; found by default")
    made.add_argument(
        "--missing",
        default="error",
        choices=["error", "interpolate", "ignore"],
        help="what to do where a value or date is missing",
    )
    cli.main(run, made.parse_args())

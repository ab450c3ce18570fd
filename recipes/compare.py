"""Simple RNN, LSTM, GRU, BiLSTM and Transformer on the same data at the same size.

python recipes/compare.py --plot compare.png                   # generated reviews
python recipes/compare.py --data digit_rows --model gru,lstm --seeds 5
python recipes/compare.py --data mine.csv --text review --target stars

All get the same stem, head, training settings and number of weights (the token embedding aside).
Names are those of text_classification.py and time_series_classification.py. Without arguments two
minutes on 2 cores: expect LSTM, BiLSTM and GRU at 0.98 to 0.99 and the Transformer at 0.7, above
TF-IDF's 0.65, since word order decides these labels, and the simple RNN at 0.58.
"""

import keraseq
from keraseq import cli

MODELS = ["simple_rnn", "lstm", "gru", "bilstm", "transformer"]
COLUMNS = {
    "score": "{:.3f}",
    "low": "{:.3f}",
    "high": "{:.3f}",
    "parameters": "{:,.0f}",
    "seconds": "{:.1f}",
    "latency_ms": "{:.1f}",
}


def run(options):
    if options.save:
        raise ValueError("--save is for one model; use one of the other recipes.")
    rows = cli.any_data(options)
    cli.print_lines(data=options.data, split=rows.split)
    result = keraseq.compare(
        options.model,
        rows.X,
        rows.y,
        test=(rows.X_test, rows.y_test),
        parameter_budget=options.budget,
        n_seeds=1 if options.quick else options.seeds,
        estimator_params={"epochs": cli.epochs(options)},
        random_state=options.seed,
    )
    shown = [name for name in COLUMNS if name in result.table]
    formats = {name: COLUMNS[name].format for name in shown}
    print(f"\n{result.metric}, with its 95 % interval, and what a fit costs:")
    print(result.table[shown].to_string(formatters=formats, na_rep=""))
    print(f"\n{result.summary()}")
    if options.plot:
        cli.save_plot(options, result.plot().figure_)


if __name__ == "__main__":
    columns = {"text": "its texts", "target": "their classes"}
    made = cli.parser(__doc__, model=MODELS, data="reviews", columns=columns)
    made.add_argument("--seeds", type=cli.positive, default=3, help="fits of each model")
    made.add_argument("--budget", type=cli.positive, default=30_000, help="weights of each model")
    cli.main(run, made.parse_args())

"""Simple RNN, LSTM, GRU, BiLSTM and Transformer on the same data at the same size.

python recipes/compare.py --plot compare.png                   # generated reviews
python recipes/compare.py --data digit_rows --model gru,lstm --seeds 5
python recipes/compare.py --data mine.csv --text-col review --label-col stars

All get the same stem, head, training settings and number of weights (the token embedding aside).
Names are those of text_classification.py and time_series_classification.py. Without
arguments two minutes on 2 cores: expect the gated models, BiLSTM first, at 0.85 to 0.95, far above
TF-IDF's 0.65, since word order decides these labels.
"""

import time

import _common
import numpy as np
from _common import mean_and_error, positive
from sklearn.dummy import DummyClassifier

import keraseq
from keraseq.baselines import NearestNeighbour, text_baseline

MODELS = "simple_rnn,lstm,gru,bilstm,transformer"


def run(options):
    if options.save:
        raise ValueError("--save is for one model; use one of the other recipes.")
    (X, y, X_test, y_test, split), is_text = _common.any_data(options)
    _common.start_tensorflow()
    seeds = range(options.seed, options.seed + (1 if options.quick else options.seeds))
    _common.print_lines(data=options.data, split=split, seeds=f"{seeds[0]} to {seeds[-1]}")
    print(f"\n{'':22}accuracy ± error  parameters  seconds a fit")
    shared = {"parameter_budget": options.budget, "epochs": _common.epochs(options)}
    right = {}  # name -> which test rows are right, (seeds, rows)
    for name in options.model.split(","):
        begin, fits = time.perf_counter(), []
        for seed in seeds:
            model = keraseq.SequenceClassifier(name, random_state=seed, **shared).fit(X, y)
            fits.append(model.predict(X_test) == y_test)
        seconds = (time.perf_counter() - begin) / len(seeds)
        right[name] = np.array(fits, dtype=float)
        print_row(name, right[name], f"{model.n_parameters_:12,}{seconds:15.1f}")
    ranked = sorted(right, key=lambda name: -right[name].mean())
    rivals = {"majority class": DummyClassifier()}
    rival = "TF-IDF + logistic" if is_text else "1-nearest neighbour"
    rivals[rival] = text_baseline() if is_text else NearestNeighbour()
    for name, baseline in rivals.items():
        right[name] = 1.0 * (baseline.fit(X, y).predict(X_test) == y_test)[None]
        print_row(name, right[name])
    best, *others = ranked
    print(f"\n{best} is best of {len(ranked)}, with accuracy {right[best].mean():.3f}:")
    for name in [*others, rival]:
        gap, error = mean_and_error(right[best], -right[name])
        verdict = "more than noise" if abs(gap) > 2 * error else "within noise"
        print(f"  {gap:+.3f} ± {error:.3f} to {name:20} {verdict}")
    print("± is one standard error over test rows and seeds; up to two of them is called noise.")
    if options.plot:
        _common.plot_accuracies(options, right, ranked)


def print_row(name, right, more=""):
    mean, error = mean_and_error(right)
    print(f"{name:22}{mean:8.3f} ± {error:.3f}{more}", flush=True)


if __name__ == "__main__":
    columns = {"text-col": "texts", "label-col": "labels"}
    options = _common.parser(__doc__, model=MODELS, data="reviews", columns=columns)
    options.add_argument("--seeds", type=positive, default=3)
    options.add_argument("--budget", type=positive, default=30_000)
    _common.main(run, options.parse_args())

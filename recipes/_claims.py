"""What lstm_versus.py measures: each claim's answer (True, False, None: open) and its evidence."""

import numpy as np

import keraseq
from keraseq.comparison import probes

RNNS = ["simple_rnn", "lstm", "gru"]
MODELS = [*RNNS, "bilstm", "transformer"]
# Those that the claims on scores are about.
ASKED = ["lstm", "gru", "transformer"]
STEPS = 50


def keeps_gradients(options):
    """Train on the adding task; what is left of the last step's gradient at the first?"""
    epochs, seeds = (1, 2) if options.quick else (6, 3)
    powers = {name: [] for name in RNNS}
    for seed in range(seeds):
        rows = 128 if options.quick else 6_400
        X, y = keraseq.datasets.make_adding(rows, STEPS, return_X_y=True, random_state=seed)
        for name in RNNS:
            model = keraseq.build(name, (None, 2), 1, task="regression", pooling="last", seed=seed)
            model.optimizer.learning_rate = 0.005
            model.fit(X, y, batch_size=64, epochs=epochs, verbose=0, shuffle=False)
            flow = probes.gradient_flow({name: model}, X[:64], y[:64])
            state = flow[flow["wrt"] == ("cell state" if name == "lstm" else "hidden state")]
            norm = state.set_index("steps_back")["norm"]
            powers[name].append(np.log10(norm[STEPS - 1] / norm[0]))
    gap = np.subtract(powers["lstm"], powers["simple_rnn"])
    error = gap.std(ddof=1) / np.sqrt(seeds)
    left = ", ".join(f"{name} 10^{np.mean(values):.1f}" for name, values in powers.items())
    evidence = (
        f"after training, of the gradient at step {STEPS} step 1 gets {left}; LSTM's share is "
        f"10^({gap.mean():.1f} ± {error:.1f}) times the simple RNN's ({seeds} seeds)"
    )
    return _sign(gap.mean(), error), evidence


def remembers_longer(options):
    """Learn to add numbers ever further apart, at equal effort."""
    quick = {"lags": (4,), "steps": 20, "n_seeds": 1}
    frame = probes.memory_horizon(
        RNNS, verbose=0, **(quick if options.quick else {"lags": (25, 50, 100)})
    )
    longest = frame.groupby("model")["horizon"].agg(["min", "max"])
    lstm, simple = longest.loc["lstm"], longest.loc["simple_rnn"]
    is_so = True if lstm["min"] > simple["max"] else None
    said = (f"{name} {longest.loc[name, 'min']} to {longest.loc[name, 'max']}" for name in RNNS)
    seeds = frame["seed"].nunique()
    return is_so, f"steps of the adding task learned ({seeds} seeds): {', '.join(said)}"


class Costs:
    """Seconds a training step by length, measured once for the claims about cost."""

    def __init__(self):
        self._frame = None

    def _measured(self, options):
        if self._frame is None:
            sizes = (8, 16, 32) if options.quick else (64, 128, 256, 512)
            self._frame = probes.scaling(
                [*RNNS, "transformer"], lengths=sizes, widths=(), batches=(), memory=False
            ).query("quantity == 'train_seconds'")
        return self._frame

    def _ratio(self, options, a, b):
        frame = self._measured(options)
        rows = frame[frame["size"] == frame["size"].max()].set_index("model")
        low, high = rows.low[a] / rows.high[b], rows.high[a] / rows.low[b]
        value = rows.value[a] / rows.value[b]
        said = (
            f"a step over {rows['size'].iloc[0]} steps takes {value:.2f} ({low:.2f} to {high:.2f})"
        )
        return low, high, f"{said} times as long (medians, and quartiles against each other)"

    def gru_is_cheaper(self, options):
        low, high, evidence = self._ratio(options, "gru", "lstm")
        return _is_less(low, high), f"3(F + H) against 4(F + H) weights a unit; {evidence}"

    def lstm_costs_more(self, options):
        low, high, evidence = self._ratio(options, "lstm", "simple_rnn")
        return _is_less(1 / high, 1 / low), evidence

    def transformer_is_parallel(self, options):
        """At equal batch and width: is a long sequence faster than with an LSTM?"""
        low, high, evidence = self._ratio(options, "transformer", "lstm")
        frame = self._measured(options).groupby("model")[["exponent", "exponent_error"]].first()
        grow = ", ".join(
            f"{name} {row.exponent:.2f} ± {row.exponent_error:.2f}"
            for name, row in frame.iterrows()
        )
        evidence += f"; seconds grow with length to the power of {grow}"
        return _is_less(low, high), evidence


class Scores:
    """Comparisons at one budget, each made once."""

    def __init__(self):
        self._results = {}

    def result(self, name, options):
        if name not in self._results:
            settings = {"parameter_budget": 9_000 if options.quick else 30_000}
            settings |= {"n_seeds": 2 if options.quick else 5, "random_state": options.seed}
            epochs = {"epochs": 1} if options.quick else {}
            X, y, more = _data(name, options.quick)
            models = ASKED if options.quick else MODELS
            self._results[name] = keraseq.compare(
                models, X, y, estimator_params={**epochs, **more}, **settings
            )
        return self._results[name]

    def gru_scores_like_lstm(self, options):
        said, detected = [], 0
        for name in ("reviews", "digits", "sunspots"):
            result = self.result(name, options)
            row = _pair(result, "gru", "lstm")
            detected += row["detectable"]
            said.append(f"{name} {_difference(row, result)}")
        return detected <= 1, f"detectably different on {detected} of 3: {'; '.join(said)}"

    def transformer_needs_data(self, options):
        result = self.result("sunspots", options)
        rivals = [_pair(result, name, "transformer") for name in RNNS[1:]]
        better = [row for row in rivals if row["detectable"] and row["difference"] > 0]
        said = "; ".join(f"{row['a']} - transformer {_difference(row, result)}" for row in rivals)
        return (True if better else None), f"309 yearly sunspots: {said}"


def _data(name, quick):
    """X, y and what the estimators need beside the comparison's settings."""
    if name == "sunspots":
        return keraseq.datasets.load_sunspots().data, None, {"horizon": 5 if quick else 11}
    if name == "digits":
        part = keraseq.datasets.load_digit_rows(subset="all")
    else:
        part = keraseq.datasets.make_reviews(2_500, random_state=0)
    rows = slice(0, 200 if quick else None)
    return part.data[rows], np.asarray(part.target)[rows], {}


def _pair(result, a, b):
    """The row of two models in the order asked for, whichever is better."""
    frame = result.significance
    found = frame[frame["a"].isin([a, b]) & frame["b"].isin([a, b])].iloc[0].to_dict()
    if found["a"] == a:
        return found
    low, high = -found["high"], -found["low"]
    return {**found, "a": a, "b": b, "difference": -found["difference"], "low": low, "high": high}


def _difference(row, result):
    interval = f"{row['low']:+.3f} to {row['high']:+.3f}"
    return f"{row['difference']:+.3f} in {result.metric} ({interval})"


def _sign(value, error):
    """Whether a difference is positive, if it is more than two standard errors."""
    return None if abs(value) <= 2 * error else bool(value > 0)


def _is_less(low, high):
    """Whether a ratio is below one, if its whole range lies on one side."""
    return True if high < 1 else False if low > 1 else None

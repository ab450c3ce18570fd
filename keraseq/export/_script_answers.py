"""The pieces of scripts that give forecasts in the user's own form."""

from keraseq.export._script import Piece

_PANDAS = ("import pandas as pd",)


def answers(dated, quantiles):
    """From numbers to the user's form."""
    centre = '[..., SETTINGS["centre"]]' if quantiles else ""
    if not dated:
        code = f'''\
def predict(history, *args, **given):
    """The rows that follow a history `(time,)` or `(time, targets)`; see `forecast`."""
    values = forecast(history, *args, **given)[0]{centre}
    return values[:, 0] if np.ndim(history) == 1 else values
'''
        return [Piece(code), *[_QUANTILES_OF_ARRAYS] * quantiles]
    code = f'''\
def predict(history, *args, **given):
    """What follows a Series or frame, in its form and with the labels; see `forecast`."""
    values, labels = forecast(history, *args, **given)
    frame = pd.DataFrame(values{centre}, labels, getattr(history, "columns", None))
    return frame[0].rename(history.name) if history.ndim == 1 else frame
'''
    return [Piece(code, _PANDAS, "pandas"), *[_QUANTILES_OF_FRAMES] * quantiles]


_QUANTILES_OF_ARRAYS = Piece(
    '''\
def predict_quantiles(history, *args, **given):
    """The quantiles SETTINGS["quantiles"], `(n, targets, quantiles)`, for n up to HORIZON."""
    return forecast(history, *args, **given)[0]
'''
)
_QUANTILES_OF_FRAMES = Piece(
    '''\
def predict_quantiles(history, *args, **given):
    """A frame with a column for each target and quantile, for n up to HORIZON."""
    values, labels = forecast(history, *args, **given)
    names = history.columns if history.ndim == 2 else [history.name]
    columns = pd.MultiIndex.from_product([names, SETTINGS["quantiles"]])
    return pd.DataFrame(values.reshape(len(values), -1), labels, columns)
'''
)


def main(dated, is_more_needed):
    """Forecasting from a CSV file, where nothing else is needed."""
    if is_more_needed:
        return []
    read = 'np.loadtxt(sys.argv[1], delimiter=",")'
    show = 'np.savetxt(sys.stdout, answer, delimiter=",")'
    if dated:
        read = 'pd.read_csv(sys.argv[1], index_col=0, parse_dates=SETTINGS["step"]["dates"])'
        show = "answer.to_csv(sys.stdout)"
    code = f"""\
if __name__ == "__main__":
    answer = predict({read})
    {show}
"""
    return [Piece(code, ("import sys",))]

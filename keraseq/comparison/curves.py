"""Learning curves over the runs of a model."""


def run_curves(frame):
    """Return mean, lowest and highest over the runs by model, metric and epoch.

    Runs that stop early end sooner; epochs that fewer than half of a model's runs reached are left
    out, where a mean would be of a few.

    Parameters
    ----------
    frame : DataFrame
        model, run, epoch, metric, value, as of :attr:`Comparison.histories`.

    Returns
    -------
    DataFrame
        model, metric, epoch, mean, low, high.
    """
    by = frame.groupby(["model", "metric", "epoch"], sort=False)["value"]
    curves = by.agg(mean="mean", low="min", high="max", runs="count").reset_index()
    most = curves.groupby(["model", "metric"], sort=False)["runs"].transform("max")
    return curves[2 * curves["runs"] >= most].drop(columns="runs").reset_index(drop=True)

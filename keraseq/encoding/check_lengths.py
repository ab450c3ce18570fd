"""As many targets as rows."""

from keraseq.encoding.labels import label_rows
from keraseq.encoding.unwrap import unwrap_target


def check_lengths(X, y, *, every_step=False):
    """Raise ValueError unless X and y have the same number of rows.

    Parameters
    ----------
    X, y : sized
        Rows, and a target for each.
    every_step : bool, default=False
        Whether each row must also have as many steps in y as in X, which tagging needs.

    Examples
    --------
    >>> from keraseq.encoding import check_lengths
    >>> check_lengths(["to be", "or not"], [0, 1])
    """
    if y is None:
        raise ValueError("This estimator requires y to be passed, but the target y is None.")
    y = unwrap_target(y)
    rows = y.shape[0] if hasattr(y, "shape") else len(y)
    if len(X) != rows:
        raise ValueError(
            f"X has {len(X)} rows and y has {rows} (inconsistent numbers of samples); they must "
            "be equal, one target a sequence."
        )
    if every_step:
        for row, (steps, labels) in enumerate(zip(X, label_rows(y), strict=True)):
            if len(steps) != len(labels):
                raise ValueError(
                    f"X has {len(steps)} steps and y has {len(labels)} labels in row {row}; "
                    "tagging needs one label a step."
                )

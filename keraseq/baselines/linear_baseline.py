"""The linear rival of every model of series."""

from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from keraseq.baselines._rivals import SERIES, rival
from keraseq.baselines.stretched_series import StretchedSeries


def linear_baseline(*, regression=False):
    """Make a linear model of every step and channel: logistic regression (ridge for numbers).

    Series are first made rows of equal length by :class:`keraseq.baselines.StretchedSeries`.

    Parameters
    ----------
    regression : bool, default=False
        Predict numbers instead of classes.

    Returns
    -------
    sklearn.pipeline.Pipeline

    Examples
    --------
    >>> from keraseq.baselines import linear_baseline
    >>> linear_baseline().fit([[0, 1], [1, 0]], ["up", "down"]).predict([[0, 2, 4]]).tolist()
    ['up']
    """
    model = Ridge() if regression else LogisticRegression(max_iter=2000)
    return make_pipeline(StretchedSeries(), model)


@rival("linear", tasks=("classification", "multilabel"), kinds=SERIES)
def _of_classes(facts):
    return OneVsRestClassifier(linear_baseline()) if facts.several else linear_baseline()


@rival("linear", tasks=("regression",), kinds=SERIES)
def _of_numbers(facts):
    return linear_baseline(regression=True)

"""The rival of every time series classifier."""

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from keraseq.baselines._rivals import SERIES, rival
from keraseq.baselines.stretched_series import StretchedSeries
from keraseq.encoding import as_sequences, check_lengths


class NearestNeighbour(ClassifierMixin, BaseEstimator):
    """Classify a series as its nearest neighbour (Euclidean distance).

    Series are first made rows of equal length by :class:`keraseq.baselines.StretchedSeries`.

    Attributes
    ----------
    classes_ : ndarray
    stretch_ : keraseq.baselines.StretchedSeries
    neighbours_ : sklearn.neighbors.KNeighborsClassifier

    Examples
    --------
    >>> from keraseq.baselines import NearestNeighbour
    >>> NearestNeighbour().fit([[1, 1], [5, 5, 5]], ["low", "high"]).predict([[1, 2]]).tolist()
    ['low']
    """

    def fit(self, X, y):
        """Remember the training series.

        Parameters
        ----------
        X : array `(n, time)` or `(n, time, channels)`, frame, or list of arrays
            As of :class:`keraseq.SequenceClassifier`.
        y : array-like `(n,)`
            Their classes.

        Returns
        -------
        self

        Raises
        ------
        TypeError, ValueError
            If X is no series of numbers, or X and y differ in length.
        """
        check_lengths(as_sequences(X, "series").rows, y)
        self.stretch_ = StretchedSeries().fit(X)
        self.neighbours_ = KNeighborsClassifier(n_neighbors=1).fit(self.stretch_.transform(X), y)
        self.classes_ = self.neighbours_.classes_
        return self

    def predict(self, X):
        """Return the label of each series' nearest training series."""
        check_is_fitted(self)
        return self.neighbours_.predict(self.stretch_.transform(X))

    @property
    def n_features_in_(self):
        return self.stretch_.n_features_in_

    @property
    def feature_names_in_(self):
        return self.stretch_.feature_names_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.three_d_array = True
        return tags


@rival("1-nearest neighbour", tasks=("classification", "multilabel"), kinds=SERIES)
def _of_classes(facts):
    return NearestNeighbour()


@rival("1-nearest neighbour", tasks=("regression",), kinds=SERIES)
def _of_numbers(facts):
    return make_pipeline(StretchedSeries(), KNeighborsRegressor(n_neighbors=1))

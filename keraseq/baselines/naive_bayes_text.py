"""The strongest cheap rival of a text classifier."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from keraseq.baselines._rivals import TEXTS, rival
from keraseq.baselines._texts import reading, words_of


def naive_bayes_text(*, regression=False):
    """Make NB-weighted words, pairs and triples, then logistic regression (ridge for numbers).

    Whether an n-gram occurs in a text counts as much as the n-gram tells one class from the others
    (:class:`keraseq.baselines.NaiveBayesWeights`), each class against the rest. On long reviews it
    is the best that is known without a network or further texts.

    Parameters
    ----------
    regression : bool, default=False
        Predict numbers instead of classes.

    Returns
    -------
    sklearn.pipeline.Pipeline

    References
    ----------
    Wang & Manning (2012). Baselines and bigrams: simple, good sentiment and topic classification.
    ACL. Theirs is an SVM; logistic regression over triples is Mesnil et al. (2014), Ensemble of
    generative and discriminative techniques for sentiment analysis of movie reviews.

    Examples
    --------
    >>> from keraseq.baselines import naive_bayes_text
    >>> naive_bayes_text().fit(["good", "bad"], [1, 0]).predict(["so good"]).tolist()
    [1]
    """
    words = CountVectorizer(
        ngram_range=(1, 3), binary=True, lowercase=False, tokenizer=words_of, token_pattern=None
    )
    # Sparse, whatever scikit-learn is told to give.
    weights = NaiveBayesWeights().set_output(transform="default")
    if regression:
        return make_pipeline(words, weights, Ridge())
    one_class = make_pipeline(weights, LogisticRegression(max_iter=2000))
    return make_pipeline(words, OneVsRestClassifier(one_class))


class NaiveBayesWeights(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Multiply each count by the log of how much more often it is in one class than in the other.

    Of numbers the classes are what lies above their median, and what does not.

    Parameters
    ----------
    alpha : float, default=1.0
        Occurrences that each count is given in both classes beforehand.

    Attributes
    ----------
    ratios_ : ndarray `(features,)`
        ``log((p / sum(p)) / (q / sum(q)))``, where p are the counts in the class of the larger y
        plus `alpha`, and q those in the other.
    n_features_in_ : int

    Examples
    --------
    >>> from keraseq.baselines import NaiveBayesWeights
    >>> weights = NaiveBayesWeights().fit([[1, 0], [1, 1], [0, 1]], [1, 1, 0])
    >>> weights.ratios_.round(2).tolist()  # log of (3/5) / (1/3) and of (2/5) / (2/3)
    [0.59, -0.51]
    """

    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def fit(self, X, y):
        """Learn the ratios from counts `(n, features)` and a class or number for each row."""
        X, y = validate_data(self, X, y, accept_sparse="csr", y_numeric=True)
        if not self.alpha > 0:
            raise ValueError(
                f"alpha={self.alpha!r} must be above 0, or unseen words weigh infinity."
            )
        check_non_negative(X, type(self).__name__)
        values = np.unique(y)
        chosen = y == values[-1] if len(values) <= 2 else y > np.median(y)
        p, q = (self.alpha + np.asarray(X[rows].sum(axis=0)).ravel() for rows in (chosen, ~chosen))
        self.ratios_ = np.log(p / p.sum()) - np.log(q / q.sum())
        return self

    def transform(self, X):
        """Return the counts times their ratios."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", reset=False)
        return X.multiply(self.ratios_).tocsr() if sparse.issparse(X) else X * self.ratios_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = tags.input_tags.positive_only = True
        tags.target_tags.required = True
        return tags


@rival("NB-weighted n-grams", tasks=("classification", "multilabel"), kinds=TEXTS)
def _of_classes(facts):
    return reading(facts.kind, naive_bayes_text())


@rival("NB-weighted n-grams", tasks=("regression",), kinds=TEXTS)
def _of_numbers(facts):
    return reading(facts.kind, naive_bayes_text(regression=True))

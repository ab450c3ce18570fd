"""The rival of every text model."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from keraseq.baselines._rivals import TEXTS, rival
from keraseq.baselines._texts import reading, words_of


def text_baseline(*, regression=False):
    """Make TF-IDF of words and pairs of words, then logistic regression (ridge for numbers).

    Texts are cut into the words that keraseq's models read, punctuation included, so that models
    and rival differ in what they make of them. The regularisation is weak (C=10): on short
    sentences that is better than scikit-learn's default (SST-2, TREC).

    Parameters
    ----------
    regression : bool, default=False
        Predict numbers instead of classes.

    Returns
    -------
    sklearn.pipeline.Pipeline

    Examples
    --------
    >>> from keraseq.baselines import text_baseline
    >>> text_baseline().fit(["good", "bad"], [1, 0]).predict(["so good"]).tolist()
    [1]
    """
    words = TfidfVectorizer(
        ngram_range=(1, 2),
        sublinear_tf=True,
        lowercase=False,
        tokenizer=words_of,
        token_pattern=None,
    )
    return make_pipeline(words, Ridge() if regression else LogisticRegression(C=10, max_iter=2000))


@rival("TF-IDF + logistic", tasks=("classification", "multilabel"), kinds=TEXTS)
def _of_classes(facts):
    words = reading(facts.kind, text_baseline())
    return OneVsRestClassifier(words) if facts.several else words


@rival("TF-IDF + ridge", tasks=("regression",), kinds=TEXTS)
def _of_numbers(facts):
    return reading(facts.kind, text_baseline(regression=True))

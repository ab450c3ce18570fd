"""The rival of every text model."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline

from keraseq.encoding._word_tokens import clean_text, word_tokens


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
        ngram_range=(1, 2), sublinear_tf=True, lowercase=False, tokenizer=_words, token_pattern=None
    )
    return make_pipeline(words, Ridge() if regression else LogisticRegression(C=10, max_iter=2000))


def _words(text):
    return word_tokens(clean_text(text).lower())

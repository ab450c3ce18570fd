"""Twitter US Airline Sentiment."""

import zlib

import numpy as np
import pandas as pd

from keraseq.datasets._bunch import About, as_bunch, check_subset
from keraseq.datasets._files import get_file, reading

_PARTS = ("train", "test")
_CLASSES = ["negative", "neutral", "positive"]
_BY_HAND = (
    "Kaggle asks for a login, so it cannot be downloaded here: log in at "
    "https://www.kaggle.com/datasets/crowdflower/twitter-airline-sentiment, download the archive "
    "and take Tweets.csv out of it."
)
_ABOUT = About(
    "Twitter US Airline Sentiment: 14,640 tweets of February 2015 to six airlines in the USA, "
    "rated negative (63 %), neutral or positive by contributors. No split is published; this one "
    "is keraseq's own: a fifth of the tweets, chosen by a checksum of the text, is the test part, "
    "so that tweets of the same text are never on both sides. Published scores use other splits.",
    "CC BY-NC-SA 4.0",
    "CrowdFlower (2015). Twitter US Airline Sentiment. Kaggle, "
    "crowdflower/twitter-airline-sentiment.",
)


def fetch_airline_tweets(*, subset="train", return_X_y=False, data_home=None):
    """Load tweets to airlines and their sentiment, 3 classes (a file that you get from Kaggle).

    The file `Tweets.csv` cannot be downloaded without a login: the error that is raised while it
    is missing says where to get it and where to put it.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The part of the data set. The publisher has no split; a fifth of the tweets, chosen by a
        checksum of their text (CRC-32 divisible by 5), is the test part here. "all" keeps the
        file's order.
    return_X_y : bool, default=False
        Return `(data, target)` rather than a Bunch.
    data_home : path-like, default=None
        The cache folder; by default the one that the environment variable KERASEQ_HOME names,
        else the system's cache. A folder that KERASEQ_DATA names is looked into first.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (list of str), `target` (integer array, an index into `target_names`),
        `target_names`, `subset`, `DESCR`, `license`, `citation`.

    Raises
    ------
    ValueError
        If the data set has no such part, or the file is damaged.
    FileNotFoundError
        If the file is missing.

    Examples
    --------
    >>> from keraseq.datasets import fetch_airline_tweets
    >>> fetch_airline_tweets(subset="all").target_names  # doctest: +SKIP
    ['negative', 'neutral', 'positive']
    """
    parts = check_subset(subset, _PARTS)
    path = get_file("airline_tweets/Tweets.csv", data_home=data_home, by_hand=_BY_HAND)
    form = "a CSV file with the columns airline_sentiment (negative, neutral, positive) and text"
    with reading(path, form):
        table = pd.read_csv(path, usecols=["airline_sentiment", "text"], keep_default_na=False)
        labels = [_CLASSES.index(label) for label in table["airline_sentiment"]]
    texts = table["text"].tolist()
    rows = [row for row, text in enumerate(texts) if _part_of(text) in parts]
    return as_bunch(
        _ABOUT,
        [texts[row] for row in rows],
        np.array(labels)[rows],
        _CLASSES,
        subset=subset,
        return_X_y=return_X_y,
    )


def _part_of(text):
    return "test" if zlib.crc32(text.encode("utf-8")) % 5 == 0 else "train"

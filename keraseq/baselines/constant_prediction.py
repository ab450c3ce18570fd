"""What any model must beat: one answer for all rows."""

from sklearn.dummy import DummyClassifier, DummyRegressor

from keraseq.baselines._rivals import rival


@rival("majority class", tasks=("classification", "multilabel"), floor=True)
def majority_class(facts):
    """The most frequent class, whatever comes."""
    return DummyClassifier(strategy="most_frequent")


@rival("mean", tasks=("regression",), floor=True)
def mean(facts):
    """The mean of the training targets."""
    return DummyRegressor()

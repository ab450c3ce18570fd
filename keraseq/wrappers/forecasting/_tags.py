"""Keep scikit-learn's cross-validation away from series."""

import dataclasses

from sklearn.utils import InputTags

_REFUSAL = (
    "scikit-learn's cross-validation and searches treat rows as independent, but those of a series "
    "follow one another: a fold would be trained on its own future. Use "
    "forecaster.backtest(y, cv=TimeSeriesSplit(n_splits, gap=...)), whose scores are a table."
)


class _SeriesTags(InputTags):
    """Refuses at the question that scikit-learn asks before it cuts rows into folds."""

    @property
    def pairwise(self):
        raise TypeError(_REFUSAL)

    @pairwise.setter
    def pairwise(self, value):
        pass

    def __repr__(self):
        return "InputTags of a series"


def forecaster_tags(tags):
    """Return the tags of an estimator that reads series."""
    fields = {
        field.name: getattr(tags.input_tags, field.name)
        for field in dataclasses.fields(InputTags)
        if field.name != "pairwise"
    }
    tags.input_tags = _SeriesTags(**fields)
    return tags

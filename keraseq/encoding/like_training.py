"""What is forecast from is like what was learned from."""

_FORMS = {
    "one": "a single series",
    "list": "a list of series",
    "long": "a long frame",
}


def check_series(panel, trained):
    """Raise unless the series are of training's form and columns, and known by their ids."""
    if panel.form != trained.form:
        raise TypeError(
            f"y must have the form of training, which was {_FORMS[trained.form]}; this is "
            f"{_FORMS[panel.form]}."
        )
    check_columns(panel.series[0], trained.series[0])
    unseen = [key for key in panel.ids or () if key not in set(trained.ids)]
    if unseen:
        raise ValueError(
            f"y has {len(unseen)} series that training had not: {unseen[:5]!r}. Fit on them "
            "too; or fit on a list of series, which has no ids, and give theirs as a list."
        )


def check_columns(given, first):
    """Raise unless a series has as many columns as training's first one, and their names."""
    if first.values.shape[1] != given.values.shape[1]:
        raise ValueError(
            f"y has {given.values.shape[1]} columns; training had {first.values.shape[1]}."
        )
    if hasattr(first.like, "columns") and given.targets != first.targets:
        raise ValueError(
            f"y has the columns {given.targets}; training had {first.targets}, which must come "
            "in the same order."
        )


def check_known_ahead(data, n):
    """Raise unless covariates of the future are known for n steps behind the series."""
    for place, (values, length) in enumerate(zip(data.future, data.lengths(), strict=True)):
        known = len(values) - length
        if known < n:
            ahead = data.panel.series[place].index_ahead(n)
            raise ValueError(
                f"{data.panel.name(place, 'future')} is not known from {ahead[known]} to "
                f"{ahead[-1]}; give these rows as future=."
            )

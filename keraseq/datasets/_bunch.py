"""The one form in which every data set is returned."""

from dataclasses import dataclass

from sklearn.utils import Bunch

from keraseq._checks import check_choice


@dataclass(frozen=True)
class About:
    """What a reader should know of a data set before using it."""

    description: str
    license: str
    citation: str


def check_subset(subset, parts):
    """Return the parts that `subset` asks for: itself, or all of `parts` for "all".

    Raises
    ------
    ValueError
        If the data set has no such part; the message names those it has.
    """
    check_choice("subset", subset, [*parts, "all"])
    return tuple(parts) if subset == "all" else (subset,)


def as_bunch(
    about, data, target=None, target_names=None, *, subset="all", return_X_y=False, **more
):
    """Return a Bunch of the data and what is known `about` it, or `(data, target)`."""
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=target_names,
        subset=subset,
        DESCR=f"{about.description}\n\nLicence: {about.license}\nCite: {about.citation}",
        license=about.license,
        citation=about.citation,
        **more,
    )

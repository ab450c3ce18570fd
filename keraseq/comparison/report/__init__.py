"""A comparison as one page of HTML that needs nothing else: no network, no other file."""

from importlib import resources
from pathlib import Path
from string import Template

from keraseq.comparison.report._background import background
from keraseq.comparison.report._curves import curves_section
from keraseq.comparison.report._differences import differences_section
from keraseq.comparison.report._html import tag
from keraseq.comparison.report._ranking import ranking_section
from keraseq.comparison.report._table import table_section
from keraseq.comparison.report._verdict import cautions, verdict
from keraseq.comparison.report._view import View

__all__ = ["report_page", "write_report"]


def write_report(result, path):
    """Write the page; it is whole or not there.

    Raises
    ------
    FileNotFoundError
        If the folder is not there.
    """
    page = report_page(result)
    place = Path(path)
    if not place.absolute().parent.is_dir():
        raise FileNotFoundError(f"report({str(path)!r}): there is no such folder; make it first.")
    place.write_text(page, encoding="utf-8")


def report_page(result):
    """Return the page as text."""
    view = View(result)
    sections = [
        ranking_section(view),
        table_section(view),
        differences_section(view),
        curves_section(view),
        *background(view),
    ]
    files = {name: _file(f"page.{name}") for name in ("css", "js")}
    return Template(_file("page.html")).substitute(
        files,
        title=tag("title", view.title),
        heading=tag("h1", view.title),
        about=tag("p", view.about, class_="about"),
        verdict=tag("p", verdict(view), class_="verdict"),
        cautions=_cautions(view),
        sections="\n".join(part for part in sections if part),
    )


def _cautions(view):
    found = cautions(view)
    if not found:
        return ""
    items = [tag("li", sentence) for sentence in found]
    return tag("aside", tag("ul", *items), class_="cautions", aria_label="To be read with care")


def _file(name):
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")

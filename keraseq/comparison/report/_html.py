"""HTML, escaped."""

from html import escape


class Html(str):
    """Text that is HTML already."""


def tag(name, *children, **attributes):
    """Return an element; children that are no `Html` are escaped.

    Attributes that are None are left out.
    A trailing underscore frees a name that Python has taken (``class_``), others become hyphens.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _SHAPES:
        return Html(f"<{name}{given}/>")
    return Html(f"<{name}{given}>{join(*children)}</{name}>")


def join(*children):
    """Return children as one piece of HTML."""
    return Html("".join(c if isinstance(c, Html) else escape(str(c)) for c in children))


def section(heading, *children, note=None):
    """Return a section with its heading, and a note below it."""
    name = "-".join(heading.lower().split()).replace(",", "")
    notes = [tag("p", note, class_="note")] if note else []
    return tag("section", tag("h2", heading, id=name), *notes, *children, aria_labelledby=name)


def breakable(name):
    """Return a name that may be broken behind its underscores."""
    return Html(join(str(name)).replace("_", "_<wbr>"))


def caption(text):
    """Return a table's caption, which stays in sight where the table is scrolled."""
    return tag("caption", tag("span", text))


_SHAPES = ("line", "circle", "rect", "path", "polygon", "polyline")

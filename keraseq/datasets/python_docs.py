"""Prose from the documentation that Python itself brings."""

import re

import numpy as np

from keraseq.datasets._bunch import About, as_bunch, check_subset

_PARTS = ("train", "test")
# Topics that are chapters of each other's (as `if` is of `compound`) stand here once, by the
# larger one; what is left are groups of 150 to 350 sentences on one subject.
_SECTIONS = {
    "compound statements": "compound",
    "containers": "typesseq typesmapping",
    "debugger": "debugger",
    "expressions": (
        "await atom-identifiers atom-literals attribute-references binary bitwise booleans "
        "calls comparisons conversions dict exprlists lambda lists operator-summary power shifting "
        "slicings subscriptions unary"
    ),
    "simple statements": (
        "assert assignment augassign break continue del global import nonlocal pass raise return "
        "yield"
    ),
    "special methods": "specialnames",
    "strings": "string-methods formatstrings",
    "types": "objects types",
}
_NOT_PROSE = re.compile(r"::=|>>>|\+--|^\s*[=*\-~]{4,}\s*$", re.MULTILINE)
_LIST_MARK = re.compile(r"^(?:\*|\d+\.|\[\d+\]) ")
_VERSION_NOTE = re.compile(
    r"^(?:New|Added|Changed|Deprecated)(?: in| since) version [\d., and]+:? "
)
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=[^\s*])([^*]+?)(?<=\S)\1(?![\w*])")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
_ABOUT = About(
    "Python docs: sentences of English prose from the language reference that the standard "
    "library brings (pydoc_data.topics), with the section they stand in as their class: "
    f"{', '.join(_SECTIONS)}. About 1,900 sentences of 5 to 60 words; code, grammar and tables "
    "are left out, and a sentence that comes twice is kept once. The text is that of the running "
    "Python, so that the numbers differ a little between versions. Every fifth paragraph of a "
    "section is test, whole, so that the neighbours of a test sentence are not in the train part.",
    "PSF License Version 2 (the Python documentation)",
    "Python Software Foundation. The Python language reference, docs.python.org.",
)


def load_python_docs(*, subset="train", as_text=False, return_X_y=False):
    """Load real English prose with its section as the class (no network).

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        Every fifth paragraph of a section belongs to the test part, with all its sentences; the
        others are the train part. The cut is keraseq's own and the same at every call. "all"
        keeps the order of the text.
    as_text : bool, default=False
        Return the same sentences as one text, a paragraph a line, for models of characters or
        words; `target` is then None.
    return_X_y : bool, default=False
        Return `(data, target)` rather than a Bunch.

    Returns
    -------
    sklearn.utils.Bunch
        `data` (list of str, one sentence each; one str with `as_text`), `target` (integer array,
        an index into `target_names`), `target_names` (8 sections), `subset`, `DESCR`, `license`,
        `citation`.

    Raises
    ------
    ValueError
        If the data set has no such part.
    ImportError
        If this Python was built without its documentation (`pydoc_data`).

    Examples
    --------
    >>> from keraseq.datasets import load_python_docs
    >>> docs = load_python_docs(subset="all")
    >>> docs.target_names[:3]
    ['compound statements', 'containers', 'debugger']
    >>> print(docs.data[0])
    Compound statements contain (groups of) other statements; they affect or control the
    execution of those other statements in some way.
    """
    parts = check_subset(subset, _PARTS)
    chosen = [
        (label, paragraph)
        for label, paragraphs in enumerate(_read_sections())
        for number, paragraph in enumerate(paragraphs)
        if ("test" if number % 5 == 4 else "train") in parts
    ]
    if as_text:
        text = "\n".join(" ".join(paragraph) for _, paragraph in chosen) + "\n"
        return as_bunch(_ABOUT, text, subset=subset, return_X_y=return_X_y)
    return as_bunch(
        _ABOUT,
        [sentence for _, paragraph in chosen for sentence in paragraph],
        np.array([label for label, paragraph in chosen for _ in paragraph]),
        list(_SECTIONS),
        subset=subset,
        return_X_y=return_X_y,
    )


def _read_sections():
    """Return for every section its paragraphs, each a list of clean sentences."""
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise ImportError(
            "load_python_docs reads the documentation that Python brings (pydoc_data.topics), "
            "which this Python was built without. Install Python's full standard library."
        ) from error
    seen, sections = set(), []
    for names in _SECTIONS.values():
        # A Python of another version may have renamed a topic.
        text = "\n\n".join(topics.get(name, "") for name in names.split())
        paragraphs = (list(_sentences(block, seen)) for block in re.split(r"\n\s*\n", text))
        sections.append([paragraph for paragraph in paragraphs if paragraph])
    return sections


def _sentences(block, seen):
    """Yield the sentences of a block of text that are prose and not in `seen`."""
    if _NOT_PROSE.search(block):
        return
    block = re.sub(r"(\w-)\n\s*(?=\w)", r"\1", block)  # a word broken at its hyphen
    block = _LIST_MARK.sub("", " ".join(block.split()))
    block = _EMPHASIS.sub(r"\2", block)
    for sentence in _SENTENCE_END.split(_VERSION_NOTE.sub("", block)):
        if _is_prose(sentence) and sentence not in seen:
            seen.add(sentence)
            yield sentence


def _is_prose(sentence):
    letters = sum(character.isalpha() or character == " " for character in sentence)
    return (
        re.match(r"[A-Z\"“]", sentence) is not None
        and sentence[-1] in ".!?"
        and 5 <= len(sentence.split()) <= 60
        and letters > 0.8 * len(sentence)
    )

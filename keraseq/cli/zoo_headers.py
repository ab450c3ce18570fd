"""What the zoo's files say of their models, read without importing them, which takes seconds."""

import ast
import inspect
import textwrap
from pathlib import Path

from keraseq import models


def known_headers():
    """Return a dict for each model, by its name: title, authors, year, paper, family, text.

    Examples
    --------
    >>> from keraseq.cli.zoo_headers import known_headers
    >>> known_headers()["lstm"]["year"]
    1997
    """
    folder = Path(models.__file__).parent
    return {name: _read(folder, name) for name in models.model_file_names()}


def _read(folder, name):
    tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
    call, text = _registration(tree, name)
    said = {}
    for keyword in call.keywords:
        try:
            said[keyword.arg] = ast.literal_eval(keyword.value)
        except ValueError:
            continue
    of = said.get("of")
    # A preset has the family of what it is made of.
    family = said.get("family") or (_read(folder, of)["family"] if of else "other")
    about = {key: said.get(key, "") for key in ("title", "authors", "year", "paper")}
    return {**about, "title": about["title"] or name, "family": family, "text": text}


def _registration(tree, name):
    """The call that registers the model, and the docstring of its function."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            calls = [made for made in node.decorator_list if isinstance(made, ast.Call)]
            return calls[0], inspect.cleandoc(ast.get_docstring(node) or "")
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            text = textwrap.dedent(ast.get_docstring(tree) or "")
            return node.value, text
    raise LookupError(f"{name}.py registers no model.")

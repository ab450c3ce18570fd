"""The command line that all recipes share, and how they end."""

import argparse
import re
import sys
import textwrap
import warnings
from pathlib import Path

from keraseq._checks import check_choice, import_extra
from keraseq.models import model_file_names

_SEVERAL = ("series-col", "future-cols", "static-cols")


def parser(text, *, model, data, columns):
    """Make the command line of a recipe, to which it may add options of its own.

    Parameters
    ----------
    text : str
        The recipe's docstring, which --help shows as it is.
    model, data : str
        Defaults of --model and --data.
    columns : dict of str to str
        Options that name columns of a file, such as "text-col", and what these hold.

    Returns
    -------
    argparse.ArgumentParser

    Examples
    --------
    >>> from keraseq import cli
    >>> made = cli.parser("Sentiment.", model="gru", data="reviews", columns={"text-col": "texts"})
    >>> options = made.parse_args(["--data", "mine.csv", "--text-col", "review"])
    >>> options.data, options.text_col, options.model
    ('mine.csv', 'review', 'gru')
    """
    made = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--model", default=model, help="a name of keraseq.list_models()")
    made.add_argument("--data", default=data, help="NAME of a data set, or FILE.csv")
    made.add_argument("--epochs", type=positive, help="passes over the training rows")
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--quick", action="store_true", help="few rows, one epoch: does it run?")
    made.add_argument("--save", metavar="FILE.keras", help="save the Keras model")
    made.add_argument("--plot", metavar="FILE.png", help="draw the result")
    _add_file_options(made.add_argument_group("a file of your own"), columns)
    return made


def _add_file_options(group, columns):
    for name, meaning in columns.items():
        several = {"nargs": "+"} if name in _SEVERAL else {}
        group.add_argument(f"--{name}", metavar="COLUMN", help=meaning, **several)
    group.add_argument("--sep", help="what separates cells, such as ';' or tab; found by default")
    group.add_argument("--encoding", help="such as cp1252; by default utf-8, or as the file begins")
    group.add_argument("--decimal", choices=[".", ","], help="decimal mark; found by default")
    if "date-col" in columns:
        group.add_argument(
            "--dayfirst", action=argparse.BooleanOptionalAction, help="is 01/02 in February?"
        )
    group.add_argument(
        "--quotes",
        action=argparse.BooleanOptionalAction,
        help="do quotes enclose cells, or are they part of texts? found by default",
    )


def positive(text):
    """Read an option as a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small; give at least 1")
    return number


def step(text):
    """Read --freq: a number of steps, or a word of pandas such as "D"."""
    return int(text) if text.isdigit() else text


def main(run, options):
    """Run a recipe, and end as a command does.

    What a user got wrong is one paragraph and exit status 2; Ctrl-C is one line and status 130.

    Parameters
    ----------
    run : callable
        Takes the options.
    options : argparse.Namespace
        Of :func:`parser`; what would fail after the training is refused before.
    """

    def paragraph(kind, said):
        text = in_options(" ".join(str(said).split()), vars(options))
        whole = {"break_long_words": False, "break_on_hyphens": False}
        return textwrap.fill(f"{kind}: {text}", 100, **whole) + "\n"

    warnings.formatwarning = lambda message, *_, **__: paragraph("Warning", message)
    try:
        _check_options(**vars(options))
        run(options)
    except (ValueError, TypeError, OSError, ImportError) as error:
        sys.stderr.write(paragraph("Error", error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.stdout.flush()
        sys.stderr.write("\nStopped by Ctrl-C; nothing is saved.\n")
        sys.exit(130)


def in_options(text, known):
    """Say what the package says of its arguments of this recipe's options.

    Examples
    --------
    >>> from keraseq.cli.command_line import in_options
    >>> in_options("missing='ignore' leaves it out", known={"missing"})
    '--missing ignore leaves it out'
    """

    def option(match):
        name, value = match["name"], match["value"]
        if name not in known:
            return match[0]
        return f"--{name.replace('_', '-')}{' ' + value if value else ''}"

    return re.sub(r"\b(?P<name>[a-z_]+)=(?P<quote>['\"]?)(?P<value>\w*)(?P=quote)", option, text)


def _check_options(*, model=None, save=None, plot=None, **_):
    for name in [] if model is None else model.split(","):
        check_choice("--model", name, model_file_names())
    for option, path, ending in (("--save", save, ".keras"), ("--plot", plot, ".png")):
        if path and not path.endswith(ending):
            raise ValueError(f"{option} {path}: the name must end in {ending}.")
        if path and not Path(path).absolute().parent.is_dir():
            raise FileNotFoundError(f"{option} {path}: there is no such folder; make it first.")
    if plot:
        # A picture for a file, also where there is no screen.
        import_extra("matplotlib", "plot").use("Agg")

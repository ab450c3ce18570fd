"""The command line that all recipes share, and how they end."""

import argparse
import csv
import os
import re
import shlex
import sys
import textwrap
import warnings
from pathlib import Path

from keraseq._checks import check_choice, import_extra
from keraseq._quiet import many_models
from keraseq.cli.file_text import is_table
from keraseq.models import model_file_names

# Arguments of the package whose options have shorter names.
_SHORT = {"parameter_budget": "budget", "n_seeds": "seeds", "random_state": "seed"}
DATA_HELP = 'CSV, TSV, Parquet or JSON lines; "-" is standard input'
# Errors that the package raises with a text for users; a KeyError says but the key.
_SAID_WELL = (ValueError, TypeError, OSError, ImportError)
_SEVERAL = {"series", "past", "future", "static"}
_FORMER = {
    "text-col": "text",
    "label-col": "target",
    "date-col": "date",
    "series-col": "series",
    "future-cols": "future",
    "static-cols": "static",
}


def parser(text, *, model, data, columns):
    """Make the command line of a recipe, to which it may add options of its own.

    Parameters
    ----------
    text : str
        The recipe's docstring, which --help shows as it is.
    model : str or list of str
        Default of --model; a list where the recipe takes several, which commas join.
    data : str
        Default of --data.
    columns : dict of str to str
        Options that name columns of a file, such as "text", and what these hold.

    Returns
    -------
    argparse.ArgumentParser

    Examples
    --------
    >>> from keraseq import cli
    >>> made = cli.parser("Sentiment.", model="gru", data="reviews", columns={"text": "texts"})
    >>> options = made.parse_args(["--data", "mine.csv", "--text", "review"])
    >>> options.data, options.text, options.model
    ('mine.csv', 'review', 'gru')
    """
    made = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = ", ".join(model_file_names())
    if isinstance(model, str):
        made.add_argument("--model", default=model, help=f"one of {known}")
    else:
        several = f"some of {known}, joined by commas"
        made.add_argument("--model", default=model, type=names, help=several)
    made.add_argument("--data", default=data, help="NAME of a data set, or FILE.csv")
    made.add_argument("--epochs", type=positive, help="passes over the training rows")
    made.add_argument("--seed", type=seed, default=0, help="of the weights and the order of rows")
    made.add_argument("--quick", action="store_true", help="few rows, one epoch: does it run?")
    made.add_argument("--save", metavar="FILE.keras", help="save the Keras model")
    made.add_argument("--plot", metavar="FILE.png", help="draw the result")
    group = made.add_argument_group("a file of your own")
    options = [*column_options(group, columns), *reading_options(group, dates="date" in columns)]
    made.set_defaults(file_options=[one.dest for one in options])
    _add_former_names(group, columns)
    return made


def column_options(group, columns):
    """Add options that name columns; return them."""
    several = {"type": names, "action": "extend"}
    return [
        group.add_argument(
            f"--{name}",
            metavar="COLUMNS" if name in _SEVERAL else "COLUMN",
            help=text,
            **(several if name in _SEVERAL else {}),
        )
        for name, text in columns.items()
    ]


def reading_options(group, *, dates=True):
    """Add the options that tell how to read a file where it leaves that open; return them."""
    yes_or_no = {"action": argparse.BooleanOptionalAction}
    options = {
        "--sep": {"help": "what separates cells, such as ';' or tab; found by default"},
        "--encoding": {"help": "such as cp1252; by default utf-8, or as the file begins"},
        "--decimal": {"choices": [".", ","], "help": "decimal mark; found by default"},
        "--dayfirst": {**yes_or_no, "help": "is 01/02 in February?"},
        "--quotes": {
            **yes_or_no,
            "help": "do quotes enclose cells, or are they part of texts? found by default",
        },
        "--header": {
            **yes_or_no,
            "help": "does the first row name the columns? if not, they are 1, 2, 3 and so on",
        },
    }
    if not dates:
        del options["--dayfirst"]
    return [group.add_argument(name, **settings) for name, settings in options.items()]


def _add_former_names(group, columns):
    """The names that options had; a warning tells the new ones. They go in release 0.2."""
    for former, name in _FORMER.items():
        if name not in columns:
            continue
        several = {"nargs": "+"} if name in _SEVERAL else {}
        group.add_argument(
            f"--{former}", dest=name, action=_Former, help=argparse.SUPPRESS, **several
        )


class _Former(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values)
        namespace.former = {**getattr(namespace, "former", {}), option_string: self.dest}


def names(text):
    """Read an option as names joined by commas; one with a comma in it stands in double quotes.

    Examples
    --------
    >>> from keraseq.cli.command_line import names
    >>> names('promo,"price, net"')
    ['promo', 'price, net']
    """
    return [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]


def positive(text):
    """Read an option as a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small; give at least 1")
    return number


def seed(text):
    """Read --seed, as far as scikit-learn and Keras take one."""
    number = int(text)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{number} must be from 0 to {2**32 - 1}")
    return number


def unescaped(text):
    r"""Read an option in which backslash and n stand for a line's end.

    Examples
    --------
    >>> from keraseq.cli.command_line import unescaped
    >>> unescaped(r"K:D\nA2")
    'K:D\nA2'
    """
    return text.replace("\\n", "\n")


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

    def checked():
        for former, name in vars(options).get("former", {}).items():
            said = f"{former} is now called --{name}; its old name goes in the next release."
            warnings.warn(said, FutureWarning, stacklevel=2)
        _check_options(options)
        run(options)

    finish(checked, vars(options), _SAID_WELL, status=2)


class UsageError(Exception):
    """A command line that cannot be meant so, which only the command itself can tell."""


def finish(call, known, expected, *, status):
    """Call, and end the process as a command does where that does not end well.

    Parameters
    ----------
    call : callable
    known : collection of str
        The options that errors may speak of.
    expected : tuple of type
        Errors that are one paragraph and no traceback.
    status : int
        Of a process that ends with such.
    """

    def paragraph(kind, said):
        text = in_options(" ".join(str(said).split()), known)
        whole = {"break_long_words": False, "break_on_hyphens": False}
        return textwrap.fill(f"{kind}: {text}", 100, **whole) + "\n"

    warnings.formatwarning = lambda message, *_, **__: paragraph("Warning", message)
    try:
        with many_models():
            call()
        sys.stdout.flush()
    except BrokenPipeError:
        # As of `| head`; what is still to be written would fail again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except expected as error:
        said = str(error)
        if not isinstance(error, _SAID_WELL) or not said:
            said = f"{type(error).__name__}: {said} (--debug shows where)"
        sys.stderr.write(paragraph("Error", said))
        sys.exit(status)
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
        name = _SHORT.get(match["name"], match["name"])
        if name not in known:
            return match[0]
        value = match["plain"] if match["quoted"] is None else shlex.quote(match["quoted"])
        return f"--{name.replace('_', '-')} {value}".rstrip()

    quoted = r"(?P<quote>['\"])(?P<quoted>[^'\"]*)(?P=quote)"
    return re.sub(rf"\b(?P<name>[a-z_]+)=(?:{quoted}|(?P<plain>-?\w*))", option, text)


def _check_options(options):
    """Refuse, before anything is computed, what would fail after the training."""
    given = vars(options)
    models = given.get("model", [])
    for name in [models] if isinstance(models, str) else models:
        check_choice("model", name, model_file_names())
    for name in given.get("file_options", []):
        if given[name] is not None and not is_table(options.data):
            raise ValueError(
                f"{name}= is for a file, which {options.data} is not; give it with --data FILE.csv."
            )
    for name, ending in (("save", ".keras"), ("plot", ".png")):
        path = given.get(name)
        if path and not path.endswith(ending):
            raise ValueError(f"--{name} {path}: the name must end in {ending}.")
        if path and not Path(path).absolute().parent.is_dir():
            raise FileNotFoundError(f"--{name} {path}: there is no such folder; make it first.")
    if given.get("plot"):
        # A picture for a file, also where there is no screen.
        import_extra("matplotlib", "plot").use("Agg")

"""The program ``keraseq``: a subcommand a file of `commands`."""

import argparse
import contextlib
import importlib
import signal
import sys

from keraseq.cli.command_line import UsageError, finish

COMMANDS = (
    *("list", "info", "fit", "predict", "evaluate", "backtest"),
    *("generate", "translate"),
    *("compare", "export", "inspect", "doctor", "completion"),
)
_TEXT = """Sequence models for texts and time series: fit, compare, predict, from files.

  keraseq fit reviews.csv --target stars -o stars.keraseq
  keraseq predict stars.keraseq new.csv -o answers.csv

  keraseq fit sales.csv --date day --series shop --target sold --horizon 28 -o sales.keraseq
  keraseq predict sales.keraseq -o next_28_days.csv

Data is CSV, TSV, Parquet or JSON lines, packed or not; "-" is standard input. What is asked for
goes to standard output, all else to standard error. Exit status: 0; 1 where data or the work
fails; 2 for a mistake in the command line."""


def make_parser():
    """Return the parser of the whole command line; nothing heavy is loaded for it."""
    made = argparse.ArgumentParser(
        "keraseq", description=_TEXT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    commands = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"keraseq.cli.commands.{name}")
        summary = module.__doc__.partition("\n")[0]
        added = commands.add_parser(
            name,
            help=summary[0].lower() + summary[1:].rstrip("."),
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_options(added)
        added.add_argument("--debug", action="store_true", help="show where an error arose")
        added.set_defaults(run=module.run, parser=added)
    return made


class _Version(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        # Of a checkout it asks git, which --help need not wait for.
        from keraseq import __version__

        print(f"keraseq {__version__}")
        parser.exit()


def main(arguments=None):
    """Run the program.

    Parameters
    ----------
    arguments : list of str, optional
        By default those of the process.

    Raises
    ------
    SystemExit
        Where it does not end well; its code is the process's status.
    """
    options = make_parser().parse_args(arguments)

    def run():
        try:
            options.run(options)
        except UsageError as error:
            options.parser.error(str(error))

    expected = () if options.debug else (Exception,)
    with _terminated_politely():
        finish(run, vars(options), expected, status=1)


@contextlib.contextmanager
def _terminated_politely():
    """Let `kill` end the process as Ctrl-C does, so that no half-written file is left."""
    try:
        former = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    except ValueError:  # Not the main thread.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former if former is not None else signal.SIG_DFL)

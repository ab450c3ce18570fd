"""What the program tells on standard error, beside its results."""

import sys
import textwrap


def say(text):
    """Print a line, or several where it is long."""
    whole = {"break_long_words": False, "break_on_hyphens": False, "subsequent_indent": "  "}
    print(textwrap.fill(text, 100, **whole), file=sys.stderr, flush=True)

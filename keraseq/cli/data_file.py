"""The file of --data, as the options tell to read it."""

from keraseq.cli.tables import read_table


def read_file(options, *required, optional=()):
    """Read the file of --data, in which these options name columns.

    Parameters
    ----------
    options : Namespace
    *required : str
        Such as "text".
    optional : sequence of str
        Those that may be left out.

    Returns
    -------
    Table
    """
    named = []
    for name in (*required, *optional):
        given = getattr(options, name)
        columns = given if isinstance(given, list) else [given]
        if name in required or given is not None:
            named += [(f"--{name}", column) for column in columns]
    return read_table(options.data, named, **reading(options))


def reading(options):
    """How the options tell to read a file: a dict for `read_table`."""
    given = {name: getattr(options, name) for name in ("sep", "encoding", "quotes")}
    return {**given, "header": options.header is not False}

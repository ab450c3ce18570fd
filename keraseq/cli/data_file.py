"""The file of --data, as the options tell to read it."""

from keraseq.cli.tables import read_table


def read_file(options, *required, optional=()):
    """Read the file of --data, in which these options name columns.

    Parameters
    ----------
    options : Namespace
    *required : str
        Such as "text-col".
    optional : sequence of str
        Those that may be left out.

    Returns
    -------
    Table
    """
    named = []
    for name in (*required, *optional):
        given = getattr(options, name.replace("-", "_"))
        columns = given if isinstance(given, list) else [given]
        if name in required or given is not None:
            named += [(f"--{name}", column) for column in columns]
    settings = {"sep": options.sep, "encoding": options.encoding, "quotes": options.quotes}
    return read_table(options.data, named, **settings)

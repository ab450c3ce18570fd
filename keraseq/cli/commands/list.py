"""List the models.

keraseq list --family recurrent
keraseq list --task forecasting
"""


def add_options(parser):
    parser.add_argument("pattern", nargs="?", help="such as '*lstm*'")
    parser.add_argument("--family", help="recurrent, convolutional, attention, linear or other")
    parser.add_argument("--task", help="that they serve, such as tagging or forecasting")
    parser.add_argument("--inputs", help="what they read: tokens (and text) or numbers")


def run(options):
    from keraseq.cli.zoo_headers import known_headers

    headers = known_headers()
    chosen = _chosen(options, headers)
    if not chosen:
        raise ValueError(f"There is no such model; there are {', '.join(headers)}.")
    width = max(map(len, chosen))
    for name in chosen:
        about = headers[name]
        print(f"{name:{width}}  {about['family']:13}  {about['year']}  {about['title']}")


def _chosen(options, headers):
    from fnmatch import fnmatchcase

    from keraseq._checks import check_choice
    from keraseq.cli.command_line import UsageError

    names = [name for name in headers if fnmatchcase(name, options.pattern or "*")]
    try:
        if options.family is not None:
            families = sorted({about["family"] for about in headers.values()})
            check_choice("family", options.family, families)
            names = [name for name in names if headers[name]["family"] == options.family]
        if options.task is not None or options.inputs is not None:
            # What an architecture serves and reads is known to its code, which loads Keras.
            from keraseq.models import list_models

            fitting = list_models(task=options.task, inputs=options.inputs)
            names = [name for name in names if name in fitting]
    except ValueError as error:
        raise UsageError(str(error)) from None
    return names

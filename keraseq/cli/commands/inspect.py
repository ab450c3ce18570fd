"""Say what is in a saved model, without building anything.

keraseq inspect stars.keraseq
keraseq inspect stars.keraseq --card
"""


def add_options(parser):
    parser.add_argument("model", metavar="FILE.keraseq", help="a model that was saved")
    parser.add_argument("--card", action="store_true", help="print its card, in Markdown")
    parser.add_argument("--json", action="store_true", help="print all that is known, as JSON")


def run(options):
    import dataclasses
    import json

    import keraseq

    artifact = keraseq.inspect(options.model)
    if options.json:
        print(json.dumps(dataclasses.asdict(artifact), indent=2))
    elif options.card:
        if artifact.card is None:
            raise ValueError(f"{options.model} holds no card; estimator.card() writes one.")
        print(artifact.card, end="")
    else:
        print(artifact)

"""Describe a model: what it is, its paper, its own parameters and its size.

keraseq info lstm
"""

from keraseq.cli.choice import model_name


def add_options(parser):
    parser.add_argument("name", type=model_name, help="a name of `keraseq list`")


def run(options):
    from keraseq.cli.zoo_headers import known_headers

    about = known_headers()[options.name]
    print(f"{options.name}: {about['title']} ({about['family']})")
    print(f"{about['authors']}, {about['year']}. {about['paper']}", flush=True)
    if about["text"]:
        print(f"\n{about['text']}\n", flush=True)
    # What follows is measured on a model that is built, which loads Keras.
    import keraseq

    info = keraseq.model_info(options.name)
    print(f"tasks      {', '.join(info.tasks)}")
    print(f"inputs     {info.inputs}")
    print(f"causal     {'yes' if info.causal else 'no'}")
    print(f"parallel   {'yes' if info.parallel else 'no'}")
    print(f"weights    {info.default_size:,} by default, {info.smallest_size:,} at least")

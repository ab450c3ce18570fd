"""Print what makes a shell complete commands and options.

keraseq completion bash > ~/.local/share/bash-completion/completions/keraseq
keraseq completion zsh > ~/.zfunc/_keraseq          # a folder of zsh's $fpath
"""


def add_options(parser):
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"])


def run(options):
    from keraseq._checks import import_extra
    from keraseq.cli.program import make_parser

    shtab = import_extra("shtab", "completion")
    print(shtab.complete(make_parser(), options.shell))

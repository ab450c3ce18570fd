"""The subcommands of the program ``keraseq``; each file has `add_options` and `run`."""

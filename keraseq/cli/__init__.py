"""The command line: what the scripts in `recipes/` share."""

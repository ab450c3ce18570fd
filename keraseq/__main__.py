"""``python -m keraseq`` is the program ``keraseq``."""

from keraseq.cli.program import main

if __name__ == "__main__":
    main()

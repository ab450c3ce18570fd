"""``python -m keraseq`` is the program ``keraseq``."""

if __name__ == "__main__":
    from keraseq.cli.program import main

    main()

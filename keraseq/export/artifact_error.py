"""What is raised where an artifact cannot be written or read."""


class ArtifactError(ValueError):
    """An artifact cannot be written, or a file is no artifact that can be read; the text says why.

    Where writing has failed, a file that was there before is as it was.
    """

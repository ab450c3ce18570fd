"""What an export gives back."""


class Exported(float):
    """The largest difference between what was written and the estimator, a float.

    Attributes
    ----------
    path : str
    format, quantize : str, and str or None
    size : int
        Bytes of the network's file.
    on : str
        What it was run on, in words: rows of X, or generated ones where no X was given.
    scores : dict or None
        With y: "before" and "after", of the estimator and of what was written.
    """

    def __new__(cls, difference, **facts):
        self = super().__new__(cls, difference)
        vars(self).update(facts)
        return self

    def __getnewargs_ex__(self):
        return (float(self),), vars(self)

    def __str__(self):
        kind = self.format if self.quantize is None else f"{self.format}, {self.quantize}"
        line = f"{kind}, {self.size:,} bytes; on {self.on} it differs by at most {float(self):.1e}"
        if self.scores is None:
            return line
        return f"{line}; score {self.scores['before']:.4f} before, {self.scores['after']:.4f} after"

    def facts(self):
        """As the JSON file beside the network has them."""
        return {
            "largest_difference": float(self),
            "on": self.on,
            "scores": self.scores,
        }

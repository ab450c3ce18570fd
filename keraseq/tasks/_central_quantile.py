"""Which quantile stands for the forecast."""


def central_quantile(quantiles):
    """The place of the quantile nearest to the median.

    Examples
    --------
    >>> from keraseq.tasks import central_quantile
    >>> central_quantile((0.1, 0.4, 0.9))
    1
    """
    return min(range(len(quantiles)), key=lambda i: abs(quantiles[i] - 0.5))

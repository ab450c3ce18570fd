"""How numbers are written wherever people read them: tables, sentences, plots and pages."""

import math


def _is_missing(value):
    return value is None or math.isnan(value)


def score(value):
    """Three decimals, so that scores in a column line up; "" where it is missing.

    >>> score(0.45), score(-1.2304)
    ('0.450', '-1.230')
    """
    return "" if _is_missing(value) else f"{value:.3f}"


def difference(value):
    """A score's difference: with its sign.

    >>> difference(0.3)
    '+0.300'
    """
    return "" if _is_missing(value) else f"{value:+.3f}"


def interval(low, high, write=score):
    """Both ends, or "" without them; of a difference with ``write=difference``.

    >>> interval(0.9, 0.95)
    '0.900 to 0.950'
    """
    return "" if _is_missing(low) or _is_missing(high) else f"{write(low)} to {write(high)}"


def p_value(p):
    """With its sign of equality, three decimals.

    >>> p_value(0.00002), p_value(0.5)
    ('p < 0.001', 'p = 0.500')
    """
    if _is_missing(p):
        return ""
    return "p < 0.001" if p < 0.0005 else f"p = {p:.3f}"


def amount(value):
    """A cost or another number of any size: three digits, at most three decimals, no exponent.

    >>> [amount(value) for value in (0.45, 3.14159, 27.182, 1234567.0, 0.0004, 0)]
    ['0.450', '3.14', '27.2', '1,234,567', '< 0.001', '0']
    """
    if _is_missing(value):
        return ""
    size = abs(value)
    if size == 0:
        return "0"
    if size < 0.0005:
        return "< 0.001" if value > 0 else "> -0.001"
    decimals = 0 if size >= 99.95 else 1 if size >= 9.995 else 2 if size >= 0.9995 else 3
    return f"{value:,.{decimals}f}"


def count(value):
    """A whole number.

    >>> count(30112.0)
    '30,112'
    """
    return "" if _is_missing(value) else f"{value:,.0f}"

"""How are amounts of memory written, and how many bytes are they?"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

MEGABYTE: Final = 1024**2
_UNITS: Final = {"B": 1, "K": 1024, "M": MEGABYTE, "G": 1024**3, "T": 1024**4}
_AMOUNT: Final = re.compile(r"(-?[0-9]{1,19}(?:\.[0-9]{1,19})?)(?:([KMGT])B?|(B))", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class NotANumberError(ValueError):
    """The amount does not begin with a number."""


class UnitError(ValueError):
    """The amount has no unit, or one that is not known."""


def in_bytes(text: str) -> int:
    """Read an amount such as `1.5G`; fractions of a byte are cut off.

    Raises:
        NotANumberError: There is no number.
        UnitError: There is no unit that is known.

    """
    written = text.strip()
    if not _NUMBER.match(written):
        raise NotANumberError(text)
    match = _AMOUNT.fullmatch(written)
    if match is None:
        raise UnitError(text)
    unit = (match[2] or match[3]).upper()
    return int(Fraction(match[1]) * _UNITS[unit])


def in_megabytes(text: str) -> int:
    """Read an amount in whole MiB; the same errors."""
    return int(Fraction(in_bytes(text), MEGABYTE))


def written(amount: int) -> str:
    """Write bytes with the largest unit that needs no fraction, such as `1M`; none are `0T`."""
    for unit in ("T", "G", "M", "K"):
        if amount % _UNITS[unit] == 0:
            return f"{amount // _UNITS[unit]}{unit}"
    return f"{amount}B"

"""What does the address of another page say?"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit


def number_in(address: str, name: str) -> int | None:
    """Return the number that a query parameter of an address has, or None."""
    value = dict(_query(address)).get(name, "")
    return int(value) if value.isdecimal() else None


def lost(sent: str, address: str, page: str | None) -> list[str]:
    """Return the names of the query parameters of a request that an address does not repeat.

    A sign before an order that is the usual one counts nothing, nor does the order of a list.

    Args:
        sent: Address of the request.
        address: Address that its answer names.
        page: The parameter that is not repeated.
    """
    told = {name: _parts(value) for name, value in _query(address)}
    return [
        name for name, value in _query(sent) if name != page and told.get(name) != _parts(value)
    ]


def _query(address: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(address).query, keep_blank_values=True)
    except ValueError:  # no address at all
        return []


def _parts(value: str) -> list[str]:
    return sorted(part.removeprefix("+") for part in value.split(","))

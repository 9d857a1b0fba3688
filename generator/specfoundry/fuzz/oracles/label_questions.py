"""Which label selectors show best whether a list reads them rightly?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specfoundry.fuzz.promises.lists import Filter

_UNLABELLED: Final = (
    "nobody",
    "!nobody",
    "nobody=x",
    "nobody!=x",
    "nobody in (x)",
    "nobody notin (x)",
)
"""Selectors for a list in which nothing has labels."""


def selectors(rule: Filter, items: Sequence[Any]) -> Iterator[str]:
    """Yield selectors of every kind, about labels that some of the items have and others have not."""
    pairs = sorted(
        {
            (key, value)
            for item in items
            for labels in values_at(item, rule.path)
            if isinstance(labels, dict)
            for key, value in labels.items()
            if isinstance(value, str) and value
        }
    )
    if not pairs:
        yield from _UNLABELLED
        return
    keys = {key for key, _ in pairs}
    # A label that others have behind a prefix tells most; so does one with several values.
    pairs.sort(key=lambda pair: (not _has_prefixed(pair[0], keys), pair))
    key, value = pairs[0]
    values = list(dict.fromkeys([value, *(other for one, other in pairs if one == key)]))
    others = [pair for pair in pairs if pair[0] != key]
    yield from (f"{key}={value}", f"{key}!={value}", f"!{key}", key)
    yield f"{key} in ({','.join(values[:2])})"
    yield f"{key} in (nobody,{values[-1]})"
    yield f"{key} notin ({value},nobody)"
    yield f"{key}=={value.swapcase()}"
    if others:
        other, worth = others[-1]
        yield f"{key},{other}"
        yield f"{key}={value},{other}!={worth}"
        yield f"!{other},{key}"
    prefixed = next((one for one in keys if one.endswith(f"/{key}")), None)
    if prefixed is not None:
        yield from (f"{prefixed}={value}", f"!{prefixed},{key}")


def _has_prefixed(key: str, keys: set[str]) -> bool:
    return any(one.endswith(f"/{key}") for one in keys)

"""What on a server has a run created, and what was there before?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError, follow
from specfoundry.fuzz.promises.semantics import creation_of, creators, paging_of
from specfoundry.fuzz.server.exchange import texts_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.promises.contract import Contract, Operation
    from specfoundry.fuzz.server.exchange import Exchange

_UUID: Final = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_IDS: Final = ("guid", "id")


class Belongings:
    """Tells what a run has created from what was there before, by what answers have shown."""

    def __init__(self, contract: Contract) -> None:
        """Begin without anything that is ours.

        Args:
            contract: The document.
        """
        self._contract = contract
        self._creators = list(creators(contract))
        self._growing = frozenset(creation.get for _, creation in self._creators)
        self._ours: set[str] = set()
        self._shown: set[str] = set()
        self._barren: dict[str, bool] = {}

    def watch(self, operation: Operation, exchange: Exchange) -> None:
        """Learn what was created, and which ids there are; a watcher of a session."""
        creation = creation_of(operation)
        found = exchange.at(creation.id) if creation and exchange.ok else None
        if found is not None:
            self._ours.add(str(found))
        ids = _UUID.findall(exchange.content)
        self._shown.update(one.decode("ascii").lower() for one in ids)
        if exchange.ok and operation.reads:
            rows = _rows(operation, exchange)
            read = [*exchange.call.path.values(), *self._listed(operation, rows)]
            self._shown.update(str(value).lower() for value in read)
            self._ours.update(self._came_along(operation, rows))

    def _listed(self, operation: Operation, rows: Sequence[Any]) -> Iterator[Any]:
        """Yield the ids of what a list shows."""
        for _, creation in self._creators:
            if operation.id in creation.lists:
                yield from (one for row in rows for one in texts_at(row, creation.id))

    def _came_along(self, operation: Operation, rows: Sequence[Any]) -> Iterator[str]:
        """Yield the ids of what nobody creates and what names something that was created here."""
        if self._shows_what_nobody_creates(operation.path):
            for row in rows:
                if isinstance(row, dict) and not self._ours.isdisjoint(texts_in(row)):
                    yield from (str(row[name]) for name in _IDS if row.get(name) is not None)

    def _shows_what_nobody_creates(self, path: str) -> bool:
        """Return whether a path reads, or lists, resources that no operation creates."""
        if path not in self._barren:
            pattern = re.escape(path) + ("" if path.endswith("}") else r"/\{[^/]*\}")
            self._barren[path] = any(
                method == "GET" and re.fullmatch(pattern, one) and reader.id not in self._growing
                for (method, one), reader in self._contract.paths.items()
            )
        return self._barren[path]

    def has(self, value: str) -> bool:
        """Return whether this run has created what a value names."""
        return value in self._ours

    def is_nobodys(self, value: str) -> bool:
        """Return whether a value is an id that no answer has ever shown."""
        return bool(_UUID.fullmatch(value.encode())) and value.lower() not in self._shown

    def is_lasting(self, operation: Operation, path: Mapping[str, Any]) -> bool:
        """Return whether a call would change what no operation creates, such as a setting.

        What came to life with something of ours is ours.
        """
        name = first_name(operation)
        if operation.reads or self.has(str(path.get(name, ""))):
            return False
        end = operation.path.index(f"{{{name}}}") + len(name) + 2 if name else len(operation.path)
        reader = self._contract.paths.get(("GET", operation.path[:end]))
        is_list = reader is not None and paging_of(reader) is not None
        return reader is not None and not is_list and reader.id not in self._growing

    def spare(self, operation: Operation, path: Mapping[str, Any]) -> str:
        """Return the path parameter by which a call would change what was there before, or ""."""
        name = first_name(operation)
        value = str(path.get(name, ""))
        if not name or operation.reads or self.has(value):
            return ""
        is_shown = value.lower() in self._shown
        return name if is_shown or self.is_lasting(operation, path) else ""


def first_name(operation: Operation) -> str:
    """Return the path parameter that comes first, which names what the others belong to."""
    names = [one.name for one in operation.at("path")]
    return min(names, key=lambda name: operation.path.find(f"{{{name}}}"), default="")


def _rows(operation: Operation, exchange: Exchange) -> Sequence[Any]:
    paging = paging_of(operation)
    found = exchange.at(paging.items) if paging else [exchange.json]
    return found if isinstance(found, list) else []


def texts_at(value: Any, place: str) -> list[str]:
    """Return what stands at a place of a JSON value as a text; nothing where there is none."""
    try:
        return [str(follow(value, place))]
    except PointerError:
        return []

"""Into which parts is the work on one document divided, whoever does it?

The parts depend on the document alone, not on how many processes share them: the same seed asks the
same questions on one core and on twenty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specfoundry.fuzz.promises.contract import Contract, Operation

STAGES: Final = ("examples", "oracles", "coverage", "fuzzing", "stateful")
"""What is done with each part, the cheapest first."""
SIZE: Final = 30
"""Operations that a part has, more or less."""
QUICK_SIZE: Final = 90
"""The same in a quick run, where what a part has to make first would be most of its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is to be done with one server; JSON values only, since it goes to other processes.

    Attributes:
        node: The bundled document.
        url: Of a running server; empty for an application.
        app: `MODULE:NAME` of an application, or of what makes one; empty for a running server.
        folder: Where modules may lie.
        report: Where scripts of findings are written; empty: nowhere.
        login: `MODULE:NAME` of what tells who may call, given a client; empty: nothing does.
        identities: Headers by the name of who calls; the empty name is the usual caller.
        roles: Name of an identity by role.
        references: Id of a resource to be used by the operation that reads it.
        seed: Of every choice.
        max_examples: Random cases for each operation.
        boundaries: Cases of a kind in the coverage stage; None: all.
        prefix: Begins every text that must be unique.
        restart: Whether an application may be made again on what it stored; None: if it can.
        oracles: Which oracles; None: all.
        thrift: Oracles send one of so many variations, another one for each seed; 1: all.
        shrink: Whether findings are made smaller.
        has_others: Whether somebody else may ask the same server meanwhile: another process, say.
        disposable: Whether random calls may change what they find on a running server.

    """

    node: Mapping[str, Any]
    url: str = ""
    app: str = ""
    folder: str = "."
    report: str = ""
    login: str = ""
    identities: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {"": {}})
    roles: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    seed: int = 1
    max_examples: int = 25
    boundaries: int | None = None
    prefix: str = "specfoundry"
    restart: bool | None = None
    oracles: tuple[str, ...] | None = None
    thrift: int = 1
    shrink: bool = True
    has_others: bool = False
    disposable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The operations that are put to the test together.

    Attributes:
        number: Of the part, from 0.
        round: How often all parts were done before.
        operations: Their operationIds.

    """

    number: int
    round: int = 0
    operations: tuple[str, ...]

    def seed(self, seed: int) -> int:
        """Return a seed of its own, derived from that of the run."""
        return seed if self.round == 0 else (seed * 1_000_003 + self.round * 7919) % 2**31


def divide(contract: Contract, chosen: Iterable[Operation], size: int = SIZE) -> tuple[Part, ...]:
    """Divide operations into parts of about the same size; what has a tag in common stays together.

    Args:
        contract: The document.
        chosen: Its operations to be put to the test.
        size: Operations that a part has, more or less.
    """
    groups: dict[str, list[str]] = {}
    names = {operation.id for operation in chosen}
    for operation in contract:
        if operation.id in names:
            tags = operation.node.get("tags") or [operation.path.strip("/").split("/")[0]]
            groups.setdefault(str(tags[0]), []).append(operation.id)
    count = max(1, math.ceil(len(names) / size))
    parts: list[list[str]] = [[] for _ in range(count)]
    for group in sorted(groups.values(), key=len, reverse=True):
        min(parts, key=len).extend(group)
    kept = [part for part in parts if part]
    return tuple(Part(number=n, operations=tuple(part)) for n, part in enumerate(kept))


def choose(contract: Contract, patterns: Sequence[str]) -> list[Operation]:
    """Return the operations that one of the patterns names; all without a pattern.

    A pattern is an operationId, a tag, or `METHOD /path`; `*` stands for any text.
    """
    if not patterns:
        return list(contract)
    return [
        operation
        for operation in contract
        if any(_is_named(operation, pattern) for pattern in patterns)
    ]


def _is_named(operation: Operation, pattern: str) -> bool:
    names = (operation.id, str(operation), *map(str, operation.node.get("tags", ())))
    # A path's own braces and brackets mean nothing here.
    plain = pattern.replace("[", "[[]")
    return any(fnmatchcase(name, plain) for name in names)

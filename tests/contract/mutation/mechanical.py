"""Which mechanical mutants of the reference server are put to the test?

All of them would take hours. The sample is drawn by a seed, so that every module is there in
proportion to its mutants, and so is every operator within it.

A quarter of them is held out: nobody looks at those while the contract is written, so that they tell
how it does on mistakes that it was not written for.
"""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mutation.operators import Change, Source, changes
from mutation.seeded import SERVER, FaultError, Mutant, module_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EQUIVALENT: Final = Path(__file__).with_name("equivalent.toml")
ROOMS: Final = ("api", "domain", "store")
# Migrations are history: nothing imports them by name, and what they made is never made again. The
# descriptions of tables repeat what migrations made, so that a test can compare the two.
_LEFT_OUT: Final = ("migrations", "tables")
_QUARTERS: Final = 4
_LEAST: Final = 2
"""More than that an entry says: a module and a reason alone would take all of it."""
_KEYS: Final = ("module", "function", "operator", "line", "instead", "occurrence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A mutant that was not made yet, identified by what stays when other lines move.

    Attributes:
        module: Below `cloud_controller`, such as `api.spaces`.
        change: What is changed.
        occurrence: Which one among equal changes of equal lines of the function, from 1.

    """

    module: str
    change: Change
    occurrence: int

    @property
    def identity(self) -> tuple[str, ...]:
        """What an entry of `equivalent.toml` says, as texts."""
        change = self.change
        found = (change.function, change.operator, change.line, change.instead)
        return (self.module, *found, str(self.occurrence))

    @property
    def name(self) -> str:
        """A short name."""
        place = self.change.function or "(top)"
        return f"{self.module}:{place}:{self.change.operator}:{self._digest[:6]}"

    @property
    def is_held_out(self) -> bool:
        """Whether nobody looks at it while the contract is written."""
        return int(self._digest, 16) % _QUARTERS == 0

    @property
    def _digest(self) -> str:
        return hashlib.sha256("\n".join(self.identity).encode()).hexdigest()

    def mutant(self, source: Source) -> Mutant:
        """Make it."""
        change = self.change
        removed = source.data[change.parts[0][0] : change.parts[0][1]].decode()
        before = " ".join(removed.split())
        after = " ".join(change.instead.split())
        return Mutant(
            name=self.name,
            group=change.operator,
            description=f"line {change.number}: `{before}` → `{after}`, in `{change.line}`",
            sources={f"{SERVER.name}.{self.module}": change.applied(source)},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which mutants are wanted.

    Attributes:
        count: Size of the sample; None: all.
        seed: Of the sample.
        modules: Beginnings of module names below `cloud_controller`; none: all.
        part: `held-out`, `rest` or `all`.

    """

    count: int | None = None
    seed: int = 1
    modules: tuple[str, ...] = ()
    part: str = "all"

    def takes(self, site: Site) -> bool:
        """Return whether a mutant is among those to choose from."""
        if self.modules and not site.module.startswith(self.modules):
            return False
        return self.part == "all" or (self.part == "held-out") == site.is_held_out


def sites() -> Iterator[tuple[Source, Site]]:
    """Yield every mutant that there could be, with the source that it changes."""
    for path in sorted(path for room in ROOMS for path in (SERVER / room).rglob("*.py")):
        if set(_LEFT_OUT) & set(path.parts):
            continue
        source = Source(path.read_text("utf-8"))
        module = module_of(path).partition(".")[2]
        seen: Counter[tuple[str, ...]] = Counter()
        for change in changes(source):
            same = (change.function, change.operator, change.line, change.instead)
            seen[same] += 1
            yield source, Site(module=module, change=change, occurrence=seen[same])


def mechanical_mutants(choice: Choice) -> list[Mutant]:
    """Return the mutants of a choice, in the order of the modules."""
    found = [one for one in sites() if choice.takes(one[1])]
    if choice.count is not None:
        found = sample(found, choice.seed, choice.count)
    return [site.mutant(source) for source, site in found]


def sample(
    found: Iterable[tuple[Source, Site]], seed: int, count: int
) -> list[tuple[Source, Site]]:
    """Return every n-th after a start drawn by chance, within the order of module and operator."""
    chance = random.Random(seed)  # noqa: S311 -- repeatable
    ranked = sorted(found, key=lambda one: (one[1].module, one[1].change.operator, chance.random()))
    step = max(len(ranked) / count, 1.0) if count else 1.0
    start = chance.random() * step
    return [ranked[int(start + step * n)] for n in range(min(count, len(ranked)))]


def equivalents(path: Path = EQUIVALENT) -> Mapping[str, str]:
    """Return the names of the mutants that behave as the healthy server does, each with the reason.

    An entry without a line stands for all mutants of its module and function or operator; `*` in the
    module's name stands for any text.

    Raises:
        FaultError: The file cannot be read, an entry is incomplete, or it fits no mutant.

    """
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("equivalent", [])
    except tomllib.TOMLDecodeError as error:
        raise FaultError(f"{path.name}: {error}") from error
    known = {site.identity: site.name for _, site in sites()} if entries else {}
    reasons: dict[str, str] = {}
    for entry in entries:
        if set(entry) - {*_KEYS, "reason"} or not entry.get("reason"):
            raise FaultError(f"{path.name}: {entry}: write {', '.join(_KEYS)} and reason")
        meant = [name for identity, name in known.items() if _means(entry, identity)]
        if not meant:
            raise FaultError(f"{path.name}: there is no such mutant (any more): {entry}")
        reasons |= dict.fromkeys(meant, " ".join(str(entry["reason"]).split()))
    return reasons


def _means(entry: Mapping[str, Any], identity: tuple[str, ...]) -> bool:
    if "line" not in entry:
        module, function, operator, *_ = identity
        same = (function, operator) == (
            entry.get("function", function),
            entry.get("operator", operator),
        )
        return same and len(entry) > _LEAST and fnmatchcase(module, entry["module"])
    return identity == tuple(str(entry.get(key, 1)) for key in _KEYS)

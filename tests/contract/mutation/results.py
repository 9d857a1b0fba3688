"""What came of the mutants, in numbers and by name?"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEEDED, MECHANICAL = "seeded", "mechanical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one mutant.

    Attributes:
        kind: `seeded` or `mechanical`.
        name: Its name.
        group: Class of a seeded fault, operator of a mechanical one.
        description: What is wrong with it.
        check: Who noticed first; empty for a survivor.
        operation: Where.
        message: What was noticed.
        seconds: How long it took altogether.
        equivalent: Why it behaves as the healthy server does; empty if it does not.
        stock: What stock Schemathesis noticed: a check, empty for nothing, None if it was not asked.
        stock_seconds: How long that took.
        note: What whoever looks at a survivor should know.

    """

    kind: str
    name: str
    group: str
    description: str
    check: str = ""
    operation: str = ""
    message: str = ""
    seconds: float = 0.0
    equivalent: str = ""
    stock: str | None = None
    stock_seconds: float = 0.0
    note: str = ""

    @property
    def caught(self) -> bool:
        """Whether anything was noticed."""
        return bool(self.check)


def share(results: Sequence[Result]) -> str:
    """Return `caught/all (percent)`."""
    if not results:
        return "0/0"
    caught = sum(result.caught for result in results)
    return f"{caught}/{len(results)} ({100 * caught / len(results):.1f} %)"


def rate(results: Iterable[Result], kind: str) -> float:
    """Return the share of one kind that was caught, without equivalent mutants; 1 for none."""
    real = [result for result in results if result.kind == kind and not result.equivalent]
    return sum(result.caught for result in real) / len(real) if real else 1.0


def tables(results: Sequence[Result]) -> Iterator[Table]:
    """Yield a table for each kind: a row for each group, then the sum."""
    for kind in (SEEDED, MECHANICAL):
        own = [result for result in results if result.kind == kind]
        if own:
            yield _table(kind, own)


def _table(kind: str, results: Sequence[Result]) -> Table:
    table = Table(title=f"{kind} faults", title_justify="left")
    for name in ("class" if kind == SEEDED else "operator", "caught by", "stock", "first by", "s"):
        table.add_column(name, justify="right" if name == "s" else "left", overflow="fold")
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[result.group].append(result)
    for name, found in [*sorted(groups.items()), ("all", list(results))]:
        if name == "all":
            table.add_section()
        table.add_row(name, share(found), _stock(found), _checks(found), f"{_seconds(found):.0f}")
    return table


def _stock(results: Iterable[Result]) -> str:
    asked = [result for result in results if result.stock is not None]
    caught = sum(bool(result.stock) for result in asked)
    return f"{caught}/{len(asked)} ({100 * caught / len(asked):.1f} %)" if asked else "-"


def _checks(results: Iterable[Result]) -> str:
    counted = Counter(result.check for result in results if result.check)
    return ", ".join(f"{name} {count}" for name, count in counted.most_common())


def _seconds(results: Iterable[Result]) -> float:
    return sum(result.seconds for result in results)


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Yield the survivors by name, and the scores."""
    survivors = [result for result in results if not result.caught]
    for result in survivors:
        if not result.equivalent:
            note = f" [{result.note}]" if result.note else ""
            yield f"SURVIVED {result.group}: {result.name}: {result.description}{note}"
    for result in survivors:
        if result.equivalent:
            yield f"equivalent {result.group}: {result.name}: {result.equivalent}"
    for result in results:
        if result.caught and result.equivalent:
            yield f"NOT EQUIVALENT {result.name}: {result.check} {result.operation} noticed it"
    yield from _scores(results)


def _scores(results: Sequence[Result]) -> Iterator[str]:
    for kind in (SEEDED, MECHANICAL):
        own = [result for result in results if result.kind == kind]
        if not own:
            continue
        real = [result for result in own if not result.equivalent]
        text = f"{kind}: {share(own)} caught"
        if len(real) < len(own):
            text += f"; {share(real)} without {len(own) - len(real)} equivalent ones"
        asked = [result for result in own if result.stock is not None]
        if asked:
            text += f"; side by side on {len(asked)}: {share(asked)}, stock {_stock(asked)}"
        yield text


def as_json(results: Sequence[Result], circumstances: dict[str, Any]) -> dict[str, Any]:
    """Return everything as JSON values: circumstances, a summary by kind and group, all results."""
    summary: dict[str, dict[str, Any]] = defaultdict(dict)
    for kind, group in sorted({(result.kind, result.group) for result in results}):
        own = [one for one in results if (one.kind, one.group) == (kind, group)]
        asked = [one for one in own if one.stock is not None]
        summary[kind][group] = {
            "faults": len(own),
            "caught": sum(one.caught for one in own),
            "equivalent": sum(bool(one.equivalent) for one in own),
            "by": dict(Counter(one.check for one in own if one.check)),
            "stock": {"asked": len(asked), "caught": sum(bool(one.stock) for one in asked)},
            "seconds": round(_seconds(own), 1),
        }
    return {
        "circumstances": circumstances,
        "scores": list(_scores(results)),
        "summary": summary,
        "survivors": [asdict(one) for one in results if not one.caught],
        "results": [asdict(one) for one in results],
    }

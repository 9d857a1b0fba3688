"""What of the contract was touched, and what was not?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.reports.coverage import BODY, INVALID, VALID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.reports.coverage import Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCoverage:
    """One row of the matrix.

    Attributes:
        operation: Method and path.
        answers: Documented status → how often it was answered; 0: never.
        strange: Undocumented status → how often.
        inputs: Parameter (`query:name`) or `body` → how often it was sent valid and invalid.

    """

    operation: str
    answers: Mapping[str, int]
    strange: Mapping[str, int]
    inputs: Mapping[str, Mapping[str, int]]

    @property
    def is_reached(self) -> bool:
        """Whether it was ever answered with a 2xx."""
        return any(count and status.startswith("2") for status, count in self.answers.items())

    @property
    def unseen(self) -> tuple[str, ...]:
        """Documented statuses that were never answered."""
        return tuple(status for status, count in self.answers.items() if not count)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCoverage:
    """How much of a contract was touched.

    Attributes:
        operations: By operationId.
        seen: Parts of the answers' schemas that were seen.
        unseen: Those that were not, by where they stand in the document.

    """

    operations: Mapping[str, OperationCoverage] = field(default_factory=dict)
    seen: int = 0
    unseen: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """How many of how many were touched, by what."""
        rows = self.operations.values()
        sent = [counts for row in rows for counts in row.inputs.values()]
        answers = [count for row in rows for count in row.answers.values()]
        return {
            "operations answered with a 2xx": (sum(r.is_reached for r in rows), len(rows)),
            "documented statuses answered": (sum(count > 0 for count in answers), len(answers)),
            "inputs sent valid": (sum(bool(one.get(VALID)) for one in sent), len(sent)),
            "inputs sent invalid": (sum(bool(one.get(INVALID)) for one in sent), len(sent)),
            "parts of answers seen": (self.seen, self.seen + len(self.unseen)),
        }

    def lines(self) -> Iterator[str]:
        """Yield it as plain text, one line at a time."""
        for name, (some, whole) in self.counts.items():
            share = 100 * some / whole if whole else 100.0
            yield f"coverage: {some} of {whole} {name} ({share:.0f} %)"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        rows = {
            name: {
                "operation": row.operation,
                "answers": row.answers,
                "strange": row.strange,
                "inputs": row.inputs,
            }
            for name, row in self.operations.items()
        }
        counts = {name: list(found) for name, found in self.counts.items()}
        return {"counts": counts, "operations": rows, "unseen": list(self.unseen)}


def cover(coverage: Coverage, operations: frozenset[str]) -> ContractCoverage:
    """Hold what was touched against what is documented.

    Args:
        coverage: What was sent and answered.
        operations: operationIds that were put to the test.
    """
    whole = operations == frozenset(one.id for one in coverage.contract)
    documented = coverage.schemas.documented(None if whole else operations)
    seen = documented & coverage.schemas.seen
    return ContractCoverage(
        operations={
            one.id: _row(coverage, one) for one in coverage.contract if one.id in operations
        },
        seen=len(seen),
        unseen=tuple(sorted(documented - seen)),
    )


def _row(coverage: Coverage, operation: Operation) -> OperationCoverage:
    answers = dict.fromkeys(operation.answers, 0)
    strange: dict[str, int] = {}
    for status, count in sorted(coverage.statuses[operation.id].items()):
        answer = operation.answer_for(int(status))
        if answer is None:
            strange[status] = count
        else:
            name = next(name for name, one in operation.answers.items() if one is answer)
            answers[name] += count
    names = [f"{one.location}:{one.name}" for one in operation.parameters]
    names += [BODY] if operation.bodies else []
    found = coverage.inputs[operation.id]
    inputs = {name: {kind: found[name][kind] for kind in (VALID, INVALID)} for name in names}
    return OperationCoverage(
        operation=str(operation), answers=answers, strange=strange, inputs=inputs
    )

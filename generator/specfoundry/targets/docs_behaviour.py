"""What do examples of calls in a row say of an operation?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.targets.docs_addresses import Addresses, href
from specfoundry.targets.docs_nodes import mapping, sequence, text
from specfoundry.targets.docs_views import Ref, Relation, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def behaviour_topics(operation: Mapping[str, Any], addresses: Addresses) -> Iterator[Topic]:
    """Yield what `x-cases` says, each case with the calls that show it."""
    cases = list(map(mapping, sequence(operation.get("x-cases"))))
    if cases:
        yield Topic(
            identifier="cases",
            title="Cases",
            extension="x-cases",
            relations=tuple(
                Relation(
                    text(case.get("title")), tuple(_calls(sequence(case.get("steps")), addresses))
                )
                for case in cases
            ),
        )


def _calls(steps: Iterable[Any], addresses: Addresses) -> Iterator[Ref]:
    """Yield the calls in their order, each with the status that is answered when it is said."""
    for step in map(mapping, steps):
        name = text(step.get("operation"))
        status = step.get("status")
        label = f"{name} ({status})" if isinstance(status, int) else name
        known = addresses.operations.get(name)
        yield Ref(label, None if known is None else href(known, "../"))

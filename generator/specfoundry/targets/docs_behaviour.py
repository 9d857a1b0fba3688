"""What do examples of calls in a row say of an operation?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.targets.docs_addresses import Addresses, href
from specfoundry.targets.docs_nodes import mapping, sequence, text
from specfoundry.targets.docs_views import Ref, Relation, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def behaviour_topics(operation: Mapping[str, Any], addresses: Addresses) -> Iterator[Topic]:
    """Yield what `x-behaviours` and `x-cases` say, each sentence with the calls that show it."""
    sentences = mapping(operation.get("x-behaviours"))
    cases = list(map(mapping, sequence(operation.get("x-cases"))))
    told = (
        ("x-behaviours", "Behaviour", sentences.items()),
        ("x-cases", "Cases", [(text(case.get("title")), case.get("steps")) for case in cases]),
    )
    for extension, title, found in told:
        if found:
            yield Topic(
                identifier=title.lower(),
                title=title,
                extension=extension,
                relations=tuple(
                    Relation(sentence, tuple(_calls(sequence(steps), addresses)))
                    for sentence, steps in found
                ),
            )


def _calls(steps: Iterable[Any], addresses: Addresses) -> Iterator[Ref]:
    """Yield the calls in their order, each with the status that is answered when it is said."""
    for step in map(mapping, steps):
        name = text(step.get("call")) or text(step.get("operation"))
        status = step.get("status")
        label = f"{name} ({status})" if isinstance(status, int) else name
        known = addresses.operations.get(name)
        yield Ref(label, None if known is None else href(known, "../"))

"""Which examples, sent in which order, bring the first resources to life?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.structure import METHODS, path_items
from specfoundry.fuzz.phases.trail import Step, iter_examples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.phases.pool import Pool


def iter_primers(node: Mapping[str, Any], pool: Pool) -> Iterator[Step]:
    """Yield the creators of what others need first, each with its examples.

    An operation takes part when its path is fixed, its answers feed others and its body has
    examples.
    """
    bodies = {
        operation["operationId"]: operation
        for path, item in path_items(node)
        if "{" not in path
        for method in METHODS
        if isinstance(operation := item.get(method), dict) and "operationId" in operation
    }
    feeders = {operation_id for operation_id, _ in pool.feeds}
    for operation_id in _ordered([name for name in bodies if name in feeders], pool):
        for media_type, value in iter_examples(node, bodies[operation_id]):
            if isinstance(value, dict):
                yield Step(operation_id=operation_id, body=value, media_type=media_type)


def _ordered(names: list[str], pool: Pool) -> list[str]:
    """Sort so that what feeds a body comes before the operation that sends it."""
    needs: dict[str, set[str]] = {name: set() for name in names}
    for (source, _), feeds in pool.feeds.items():
        for feed in feeds:
            if feed.target.startswith("/") and feed.operation_id in needs and source in needs:
                needs[feed.operation_id].add(source)
    done: list[str] = []
    while len(done) < len(names):
        free = [n for n in names if n not in done and needs[n] <= {*done, n}]
        # A circle of needs has no right order: the document's own will do.
        done += free or [name for name in names if name not in done]
    return done

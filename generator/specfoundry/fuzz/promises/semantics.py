"""What do the document's extensions say that schemas cannot?

All of them are described in the reference of extensions, and `specfoundry validate` has checked their
form before anything here reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from specfoundry.fuzz.promises.lists import Filter, Hop, Inclusion, Ordering, Paging
from specfoundry.fuzz.promises.resources import Blob, Creation, Job, Merge, Rights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Contract, Operation, Parameter

FoundT = TypeVar("FoundT")


def filter_of(operation: Operation, parameter: Parameter) -> Filter | None:
    """Return what a parameter filters on, or None; the operation's own word counts more."""
    node = _filter_node(operation, parameter)
    return Filter.of(node) if "path" in node else None


def forms_of(operation: Operation, parameter: Parameter) -> Mapping[str, Filter]:
    """Return what a parameter filters on by the form of its text; `{}` stands for a value."""
    forms = _filter_node(operation, parameter).get("forms", {})
    return {text: Filter.of(node) for text, node in forms.items()}


def _filter_node(operation: Operation, parameter: Parameter) -> Mapping[str, Any]:
    own = operation.node.get("x-filters", {})
    node = own[parameter.name] if parameter.name in own else parameter.node.get("x-filter")
    return node if isinstance(node, dict) else {}


def inclusions_of(parameter: Parameter) -> Mapping[str, tuple[Inclusion, ...]]:
    """Return what each value of a parameter adds to an answer; nothing for most parameters."""
    node = parameter.node.get("x-include")
    return {
        value: tuple(_inclusion(at, one) for at, one in added.items())
        for value, added in (node.items() if isinstance(node, dict) else ())
    }


def _inclusion(at: str, node: Mapping[str, Any]) -> Inclusion:
    hops = tuple(Hop(hop["operation"], hop["path"]) for hop in node.get("through", ()))
    return Inclusion(at, node["path"], node["operation"], hops)


def ordering_of(operation: Operation) -> tuple[Parameter, Ordering] | None:
    """Return the parameter that a list is ordered by and its orders, or None."""
    for parameter in operation.at("query"):
        found = _read(parameter.node, "x-order", Ordering.of)
        if found:
            return parameter, found
    return None


def paging_of(operation: Operation) -> Paging | None:
    """Return how a list is paged, or None."""
    return _read(operation.node, "x-pagination", Paging.of)


def creation_of(operation: Operation) -> Creation | None:
    """Return what an operation creates, or None."""
    return _read(operation.node, "x-creates", Creation.of)


def merge_of(operation: Operation) -> Merge | None:
    """Return how an update merges, or None."""
    return _read(operation.node, "x-merge-patch", Merge.of)


def job_of(operation: Operation) -> Job | None:
    """Return the job behind an operation, or None."""
    return _read(operation.node, "x-async-job", Job.of)


def blob_of(operation: Operation) -> Blob | None:
    """Return what is uploaded, or None."""
    return _read(operation.node, "x-blob", Blob.of)


def rights_of(operation: Operation) -> Rights | None:
    """Return who may call an operation, or None when the document does not say."""
    return _read(operation.node, "x-permitted-roles", Rights.of)


def _read(
    node: Mapping[str, Any], name: str, of: Callable[[Mapping[str, Any]], FoundT]
) -> FoundT | None:
    value = node.get(name)
    return of(value) if isinstance(value, dict) else None


def creators(contract: Contract) -> Iterator[tuple[Operation, Creation]]:
    """Yield every operation that creates something the document can read again."""
    for operation in contract:
        creation = creation_of(operation)
        if creation is not None:
            yield operation, creation


def lists(contract: Contract) -> Iterator[tuple[Operation, Paging]]:
    """Yield every list."""
    for operation in contract:
        paging = paging_of(operation)
        if paging is not None and operation.reads:
            yield operation, paging

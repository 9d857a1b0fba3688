"""What does a call look like that a server should take, for any operation?"""

from __future__ import annotations

import copy
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError, has, put
from specfoundry.fuzz.live.readiness import settled
from specfoundry.fuzz.oracles.archives import files_of
from specfoundry.fuzz.promises.semantics import creation_of, creators, job_of
from specfoundry.fuzz.server.exchange import MULTIPART, Call

if TYPE_CHECKING:
    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.promises.contract import Body, Operation, Parameter
    from specfoundry.fuzz.server.exchange import Exchange

_LOOKS: Final = 500


def likely(ground: Ground, operation: Operation, example: Any = None) -> Call:
    """Return a call that should succeed: live references, fresh names, an example as its body.

    Args:
        ground: Where the references live.
        operation: What to call.
        example: Of the body; by default the document's first one.

    Raises:
        BarrenError: Something that the call refers to cannot be had.

    """
    creation = creation_of(operation)
    media = next(iter(operation.bodies), None)
    body = example if example is not None else _first(media)
    if creation is not None:
        call = ground.garden.call(operation, creation, body)
    else:
        call = Call(
            operation=operation.id,
            path=_path(ground, operation),
            media_type=media.media_type if media else None,
            body=copy.deepcopy(body),
        )
        refer(ground, operation, call.body)
    if media is not None and media.media_type == MULTIPART:
        call = replace(call, body=None, files=files_of(operation, media))
    return replace(call, query={**required_query(operation), **call.query})


def _first(media: Body | None) -> Any:
    return next(iter(media.examples), {}) if media else None


def required_query(operation: Operation) -> dict[str, Any]:
    """Return an example of every query parameter without which a call cannot succeed.

    What changes something and is told in the query alone is told there: all of it counts.
    """
    bare = not operation.reads and not operation.bodies and creation_of(operation) is None
    found = {}
    for parameter in operation.at("query"):
        value = example_of(parameter)
        wanted = parameter.wire.required or (bare and not _is_opaque(value))
        if wanted and value is not None:
            found[parameter.name] = value
    return found


def example_of(parameter: Parameter) -> Any:
    """Return a value that the document shows for a parameter, or None."""
    node, schema = parameter.node, parameter.schema
    given = [one.get("value") for one in node.get("examples", {}).values()]
    shown = [node.get("example"), *given, schema.get("default"), *schema.get("examples", ())]
    told = [schema.get("const"), *schema.get("enum", ())]
    return next((value for value in (*shown, *told) if value is not None), None)


def references(operation: Operation) -> dict[str, tuple[str, str | None]]:
    """Return which operation knows what a call needs, and where in its answer (`x-references`)."""
    return {
        place: (source["operation"], source.get("path"))
        for place, source in operation.node.get("x-references", {}).items()
    }


def refer(ground: Ground, operation: Operation, body: Any) -> None:
    """Put live ids where a body refers to other resources.

    Raises:
        BarrenError: One of them cannot be had.

    """
    for place, source in references(operation).items():
        if place.startswith("/") and has(body, place):
            put(body, place, had(ground, *source)[0])


def _path(ground: Ground, operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for place, source in references(operation).items():
        if place.startswith("{"):
            told[place[1:-1]], above = had(ground, *source)
            told = {**above, **told}
    names = {parameter.name for parameter in operation.at("path")}
    told = {name: value for name, value in told.items() if name in names}
    if names <= told.keys():
        return told
    path = {**ground.garden.parents(operation), **told}
    for parameter in operation.at("path"):
        value = path.get(parameter.name, example_of(parameter))
        if value is None or (parameter.name not in path and _is_opaque(value)):
            raise BarrenError(f"nobody knows a {parameter.name} for {operation.id}")
        path[parameter.name] = value
    return path


def _is_opaque(value: Any) -> bool:
    """Whether an example can hardly be of this server."""
    return isinstance(value, str) and ("-" in value or len(value) >= 20)


def had(ground: Ground, operation_id: str, pointer: str | None) -> tuple[Any, dict[str, Any]]:
    """Return what an operation reads, creates, shows or was done to, and the path it took.

    Raises:
        BarrenError: It cannot be had.

    """
    operation = ground.contract[operation_id]
    if operation_id in ground.garden.creators and pointer is None:
        return ground.garden.reference(operation_id), {}
    creation = creation_of(operation)
    if creation is not None and pointer is None:
        return ground.garden.grow(operation, creation).id, {}
    call = likely(ground, operation)
    answer = ground.session.send(call)
    told = [int(one) for one in operation.node.get("x-state-dependent", {})]
    if not answer.ok and (pointer is not None or answer.status not in told):
        raise BarrenError(f"{operation_id}: {answer.status}")
    settle(ground, operation, answer)
    path = dict(call.path)
    found = path.popitem()[1] if pointer is None and path else answer.at(pointer or "")
    if found is None:
        raise BarrenError(f"{operation_id} shows nothing at {pointer}")
    return found, dict(call.path)


def settle(ground: Ground, operation: Operation, answer: Exchange) -> None:
    """Wait until the work behind an answer is done."""
    ground.garden.settle(operation, answer)
    with suppress(KeyError):  # nothing was stored
        settled(ground.session, ground.contract, operation, answer.call, _LOOKS)


def job_id(ground: Ground, reader: str) -> Any:
    """Return the id of a job, of something that was created and deleted for its sake.

    Raises:
        BarrenError: Nothing can be deleted so.

    """
    for creator, creation in creators(ground.contract):
        deletion = ground.contract.get(creation.delete)
        job = job_of(deletion) if deletion else None
        if deletion is None or job is None or job.get != reader:
            continue
        plant = ground.garden.grow(creator, creation)
        call = Call(operation=deletion.id, path=plant.path(deletion))
        answer = ground.session.send(call)
        location = answer.headers.get((job.location or "location").lower())
        if location:
            return location.rstrip("/").rpartition("/")[2]
    raise BarrenError(f"no deletion leaves a job that {reader} reads")

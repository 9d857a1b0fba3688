"""How is one operation described to the client runtime, in Python source?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specfoundry.targets.client_views import EndpointView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specfoundry.ir.body import Media, Part
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.parameter import Parameter
    from specfoundry.ir.response import Response
    from specfoundry.ir.types import Header

# Values of `x-decode` that change how a value must be written.
ENCODED_FOR = frozenset({"split-decoded"})

OPERATIONS = "_operations"
ANSWERS = "_answers"
ERRORS = "_errors"

FOLLOWED_REDIRECTS = frozenset({"301", "302", "303", "307", "308"})


def endpoint_view(operation: Operation) -> EndpointView:
    """Return the constant of `operation`."""
    members = {
        "operation_id": repr(operation.operation_id),
        "method": repr(operation.method),
        "path": repr(operation.path),
        "parameters": _tuple(_parameter(parameter) for parameter in operation.parameters),
        "params": f"{OPERATIONS}.{operation.params_class}" if operation.params_class else "",
        "media": _tuple(_request_media(media) for media in operation.body.media)
        if operation.body
        else "",
        "answers": _answers(operation),
        "bare": "True" if is_bare(operation) else "",
        "success_by_default": "True" if _only_default(operation) else "",
    }
    return EndpointView(
        name=constant_of(operation),
        result=result_of(operation),
        members=tuple((name, code) for name, code in members.items() if code and code != "()"),
    )


def constant_of(operation: Operation) -> str:
    """Return the name of the operation's constant."""
    return operation.name.upper()


def is_download(operation: Operation) -> bool:
    """Return whether a success of the operation delivers bytes."""
    return any(m.kind == "binary" for response in operation.successes for m in response.media)


def is_bare(operation: Operation) -> bool:
    """Return whether the one success is worth no class: its body says everything."""
    expected = _decoded_successes(operation)
    if len(expected) != 1:
        return False
    only = expected[0]
    # Headers that need not come are no reason to make everybody write `.body`.
    promised = any(header.required for header in only.headers)
    return not promised and len(only.media) <= 1 and only.status[0] == "2"


def _only_default(operation: Operation) -> bool:
    """Return whether `default` stands for the success, since no other response does."""
    return all(response.is_only for response in operation.successes)


def result_of(operation: Operation) -> str:
    """Return the annotation of what calling the operation returns, downloads left out."""
    expected = _decoded_successes(operation)
    if is_bare(operation):
        return expected[0].body_code or "None"
    if not operation.successes:
        defaults = [r.body_code or "None" for r in operation.responses if r.status == "default"]
        return " | ".join(dict.fromkeys(defaults)) or "None"
    return " | ".join(f"{OPERATIONS}.{response.class_name}" for response in expected) or "Never"


def answer_expression(response: Response, owner: str) -> str:
    """Return the `Answer` of one response whose class stands in module `owner`."""
    media = _tuple(_answer_media(one) for one in response.media)
    headers = _tuple(_header(one) for one in response.headers)
    extra = (f", media={media}" if response.media else "") + (
        f", headers={headers}" if response.headers else ""
    )
    return f"Answer({owner}.{response.class_name}{extra})"


def _decoded_successes(operation: Operation) -> list[Response]:
    """Return the successes that arrive decoded: neither bytes nor redirects that are followed."""
    if not is_download(operation):
        return list(operation.successes)
    return [
        response
        for response in operation.successes
        if response.status not in FOLLOWED_REDIRECTS and not _delivers_bytes(response)
    ]


def _delivers_bytes(response: Response) -> bool:
    return bool(response.media) and all(media.kind == "binary" for media in response.media)


def _answers(operation: Operation) -> str:
    entries = [f"{r.status!r}: {_answer_of(r)}" for r in operation.responses]
    return f"{{{', '.join(entries)}}}"


def _answer_of(response: Response) -> str:
    if response.shared:
        return f"{ANSWERS}.{response.class_name}"
    return answer_expression(response, OPERATIONS)


def _parameter(parameter: Parameter) -> str:
    members = {
        "identifier": repr(parameter.identifier),
        "name": repr(parameter.name),
        "location": repr(parameter.location),
        "style": "" if parameter.style == "form" else repr(parameter.style),
        "explode": "True" if parameter.explode else "",
        "allow_reserved": "True" if parameter.allow_reserved else "",
        "content_type": repr(parameter.content_type) if parameter.content_type else "",
        "decode": repr(parameter.decode) if parameter.decode in ENCODED_FOR else "",
        "required": "True" if parameter.required else "",
    }
    return _call("WireParameter", members)


def _request_media(media: Media) -> str:
    head = f"RequestMedia({media.media_type!r}, {media.kind!r}"
    if not media.parts:
        return f"{head})"
    fields = ", ".join(f"{part.identifier!r}: {_field(part)}" for part in media.parts)
    return f"{head}, {{{fields}}})"


def _field(part: Part) -> str:
    members = {
        "name": repr(part.name),
        "kind": repr(part.kind),
        "style": "" if part.style == "form" else repr(part.style),
        "explode": "" if part.explode else "False",
        "many": "True" if part.many else "",
        "content_type": repr(part.content_types[0])
        if part.content_types and part.kind != "file"
        else "",
    }
    return _call("FormField", members)


def _answer_media(media: Media) -> str:
    checked = media.kind in {"json", "form"}
    code = f", {media.type.code}" if checked else ""
    return f"AnswerMedia({media.media_type!r}, {media.kind!r}{code})"


def _header(header: Header) -> str:
    shape = header.shape
    items = shape.items.kinds if shape.kinds == ("array",) and shape.items else None
    members_of = {name: member.kinds for name, member in shape.properties}
    members = {
        "name": repr(header.name),
        "identifier": repr(header.identifier),
        "type": header.type.code,
        "kinds": "" if shape.kinds in {("string",), ("array",)} else repr(shape.kinds),
        "items": repr(items) if items else "",
        "members": repr(members_of) if shape.kinds == ("object",) else "",
        "is_json": "True" if header.content_type else "",
        "required": "True" if header.required else "",
    }
    return _call("AnswerHeader", members)


def _call(name: str, members: dict[str, str]) -> str:
    return f"{name}({', '.join(f'{key}={code}' for key, code in members.items() if code)})"


def _tuple(items: Iterable[str]) -> str:
    listed = list(items)
    return f"({', '.join(listed)},)" if listed else "()"


def pagination_of(operation: Operation) -> str:
    """Return the `Pagination` expression of an operation with `x-pagination`, else nothing."""
    members = {name: repr(value) for name, value in _pagination(operation).items()}
    return _call("Pagination", members) if "items" in members else ""


def page_parameter(operation: Operation) -> str:
    """Return the Python name of the parameter that counts pages, empty when there is none."""
    name = _pagination(operation).get("page")
    return next((p.identifier for p in operation.parameters if p.name == name), "")


def _pagination(operation: Operation) -> dict[str, str]:
    given = operation.extensions.get("x-pagination")
    if not isinstance(given, dict):
        return {}
    return {
        name: given[name]
        for name in ("items", "next", "pages", "page")
        if isinstance(given.get(name), str)
    }

"""How is the operation table of a server written down in Python?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from specfoundry.ir.naming import unique
from specfoundry.targets.operations import ERRORS_MODULE, module_of, response_imports
from specfoundry.targets.server_views import RoutesView, RouteView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specfoundry.ir.api import Api, Tag
    from specfoundry.ir.body import Body, Media, Part
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.parameter import Parameter
    from specfoundry.ir.response import Response
    from specfoundry.ir.security import Security, SecurityScheme
    from specfoundry.ir.types import Header, Shape

_RUNTIME: Final = (
    "Answer",
    "AnswerHeader",
    "Body",
    "Media",
    "Operation",
    "Parameter",
    "Part",
    "Shape",
)
_SECURITY: Final = ("Security", "SecurityRequirement", "SecurityScheme")


def routes_view(api: Api, banner: str) -> RoutesView:
    """Return the view of `routes.py`."""
    schemes, _ = unique((s.name, _constant("scheme", s.name)) for s in api.schemes)
    constants = [
        *((schemes[s.name], "SecurityScheme", _scheme(s)) for s in api.schemes),
        *((_answer_name(e), "Answer", answer(e, ERRORS_MODULE)) for e in api.errors),
    ]
    routes = [
        RouteView(members=_members(o, tag, schemes)) for tag in api.tags for o in tag.operations
    ]
    code = " ".join([*(c for *_, c in constants), *(c for r in routes for _, c in r.members)])
    used = re.findall(r"[^\W\d]\w*", f"{code} Operation")
    return RoutesView(
        banner=banner,
        title=f"{api.title} {api.version}",
        imports=_imports(api, set(used), {kind for _, kind, _ in constants}),
        constants=tuple(constants),
        routes=tuple(routes),
    )


def attribute_of(tag: Tag) -> str:
    """Return the attribute of `Apis` that holds the handlers of a tag."""
    return tag.identifier


def operations_alias(tag: Tag) -> str:
    """Return the name under which the server's modules import a tag's operations module."""
    return f"{tag.identifier}_operations"


def answer(response: Response, module: str) -> str:
    """Return the `Answer` of a response whose class stands in `module`."""
    return _call(
        "Answer",
        status=repr(response.status),
        cls=f"{module}.{response.class_name}",
        media=_tuple(_media(media) for media in response.media),
        headers=_tuple(_header(header) for header in response.headers),
    )


def _imports(api: Api, used: set[str], kinds: set[str]) -> tuple[str, ...]:
    lines = [line for o in api.operations for line in _type_imports(o)]
    lines += [line for error in api.errors for line in response_imports(error)]
    aliases = [f"from ..operations import {ERRORS_MODULE}"] + [
        f"from ..operations import {module_of(tag)} as {operations_alias(tag)}" for tag in api.tags
    ]
    names = used | kinds
    runtime = [name for name in _RUNTIME if name in names]
    security = [name for name in _SECURITY if name in names]
    own = ["from typing import Final"]
    own.append(f"from specfoundry.runtime.operations import {', '.join(runtime)}")
    if security:
        own.append(f"from specfoundry.runtime.security import {', '.join(security)}")
    foreign = [line for line in [*lines, *aliases] if bound_names(line) & names]
    return tuple(dict.fromkeys([*own, *foreign]))


def bound_names(line: str) -> set[str]:
    """Return the names that an import line binds."""
    imported = re.sub(r".*\bimport\b", "", line).split(",")
    return {part.split(" as ")[-1].strip(" ()") for part in imported}


def _type_imports(operation: Operation) -> list[str]:
    lines = []
    for media in operation.body.media if operation.body else ():
        lines += [*media.type.imports, *(i for part in media.parts for i in part.type.imports)]
    for response in operation.responses:
        lines += response_imports(response)
    return lines


def _members(
    operation: Operation, tag: Tag, schemes: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    module = operations_alias(tag)
    members = {
        "operation_id": repr(operation.operation_id),
        "method": repr(operation.method),
        "path": repr(operation.path),
        "tag": repr(attribute_of(tag)),
        "handler": repr(operation.name),
        "params": f"{module}.{operation.params_class}" if operation.params_class else "",
        "parameters": _tuple(_parameter(parameter) for parameter in operation.parameters),
        "body": _body(operation.body, module) if operation.body else "",
        "answers": _tuple(_answer(response, module) for response in operation.responses),
        "security": _security(operation.security, schemes),
        "strict_query": "True" if operation.strict_query else "",
        "deprecated": "True" if operation.deprecated else "",
        "extensions": repr(dict(operation.extensions.members))
        if operation.extensions.members
        else "",
    }
    return tuple((name, code) for name, code in members.items() if code)


def _parameter(parameter: Parameter) -> str:
    return _call(
        "Parameter",
        name=repr(parameter.name),
        identifier=repr(parameter.identifier),
        location=repr(parameter.location),
        shape=_shape(parameter.shape),
        required="True" if parameter.required else "",
        style=repr(parameter.style),
        explode=repr(parameter.explode),
        content_type=repr(parameter.content_type) if parameter.content_type else "",
        decode=repr(parameter.decode) if parameter.decode else "",
    )


def _body(body: Body, module: str) -> str:
    return _call(
        "Body",
        media=_tuple(_media(media, module) for media in body.media),
        required="True" if body.required else "",
        ignore_media_type="True" if body.ignore_media_type else "",
    )


def _media(media: Media, module: str = "") -> str:
    return _call(
        "Media",
        media_type=repr(media.media_type),
        kind=repr(media.kind),
        type=f"{module}.{media.class_name}" if media.class_name else media.type.code,
        parts=_tuple(_part(part) for part in media.parts),
        closed="True" if media.closed else "",
    )


def _part(part: Part) -> str:
    return _call(
        "Part",
        name=repr(part.name),
        identifier=repr(part.identifier),
        kind=repr(part.kind),
        type=part.type.code,
        shape=_shape(part.shape),
        required="True" if part.required else "",
        many="True" if part.many else "",
        style="" if part.style == "form" else repr(part.style),
        explode="" if part.explode else "False",
    )


def _answer(response: Response, module: str) -> str:
    return _answer_name(response) if response.shared else answer(response, module)


def _header(header: Header) -> str:
    return _call(
        "AnswerHeader",
        name=repr(header.name),
        identifier=repr(header.identifier),
        type=header.type.code,
        required="True" if header.required else "",
        shape=_shape(header.shape),
        content_type=repr(header.content_type) if header.content_type else "",
    )


def _shape(shape: Shape) -> str:
    """Return the expression of a shape, nothing for plain text."""
    if shape.kinds == ("string",):
        return ""
    members = [f"{name!r}: {_shape(member) or 'Shape()'}" for name, member in shape.properties]
    keywords = {
        "items": (_shape(shape.items) or "Shape()") if shape.items else "",
        "properties": f"{{{', '.join(members)}}}" if members else "",
        "additional": (_shape(shape.additional) or "Shape()") if shape.additional else "",
    }
    told = [repr(shape.kinds), *(f"{key}={code}" for key, code in keywords.items() if code)]
    return f"Shape({', '.join(told)})"


def _security(security: Security, names: Mapping[str, str]) -> str:
    alternatives = [
        _tuple(
            f"SecurityRequirement({names[use.scheme]}"
            + (f", {use.scopes!r})" if use.scopes else ")")
            for use in schemes
        )
        or "()"
        for schemes in security.alternatives
    ]
    return f"Security({_tuple(alternatives)})" if alternatives else ""


def _scheme(scheme: SecurityScheme) -> str:
    return _call(
        "SecurityScheme",
        name=repr(scheme.name),
        type=repr(scheme.type),
        scheme=repr(scheme.scheme) if scheme.scheme else "",
        location=repr(scheme.location) if scheme.location else "",
        parameter=repr(scheme.parameter) if scheme.parameter else "",
    )


def _answer_name(response: Response) -> str:
    return _constant("answer", response.class_name)


def _constant(kind: str, name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+", "_", name)
    return f"_{kind}_{words}".upper()


def _call(callee: str, **members: str) -> str:
    return f"{callee}({', '.join(f'{key}={code}' for key, code in members.items() if code)})"


def _tuple(items: Iterable[str]) -> str:
    listed = list(items)
    return f"({', '.join(listed)},)" if listed else ""

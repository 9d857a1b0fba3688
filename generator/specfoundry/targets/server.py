"""Which files make up the generated server?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from specfoundry.render.outputs import destination
from specfoundry.targets.docstrings import docstring
from specfoundry.targets.operations import ERRORS_MODULE, Render, module_of
from specfoundry.targets.server_routes import (
    attribute_of,
    bound_names,
    operations_alias,
    routes_view,
)
from specfoundry.targets.server_views import AppView, GroupView, HandlerView, ProtocolView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specfoundry.ir.api import Api, Tag
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.response import Response

CALLER: Final = "CallerT_contra"
_RESERVED: Final = frozenset({"app", "routes"})


def build(api: Api, banner: str, render: Render) -> dict[str, str]:
    """Return the texts of the server package by path, not yet formatted."""
    app = app_view(api, banner)
    views: dict[str, object] = {
        "server/init.py.jinja": app,
        "server/app.py.jinja": app,
        "server/routes.py.jinja": routes_view(api, banner),
    }
    files = {destination(template): render(template, view) for template, view in views.items()}
    of_tag = "server/tag.py.jinja"
    for tag in api.tags:
        files[destination(of_tag, _module(tag))] = render(of_tag, protocol_view(tag, banner))
    return files


def app_view(api: Api, banner: str) -> AppView:
    """Return the view of `app.py` and of the package's `__init__`."""
    groups = tuple(_group(tag) for tag in api.tags)
    names = [name for group in groups for name in (group.class_name, group.unimplemented)]
    return AppView(
        banner=banner,
        title=f"{api.title} {api.version}",
        secured=any(_is_secured(tag) for tag in api.tags),
        groups=groups,
        exports=tuple(sorted(["Apis", "create_app", "OPERATIONS", *names])),
    )


def protocol_view(tag: Tag, banner: str) -> ProtocolView:
    """Return the view of one tag's module."""
    handlers = tuple(_handler(operation, tag) for operation in tag.operations)
    secured = _is_secured(tag)
    return ProtocolView(
        banner=banner,
        docstring=docstring(f"{tag.name}: what a server implements.", indent=0),
        imports=_imports(tag, handlers, secured=secured),
        class_name=tag.class_name,
        base=f"Protocol[{CALLER}]" if secured else "Protocol",
        secured=secured,
        class_docstring=docstring(tag.description or f"The operations of {tag.name}.", indent=4),
        unimplemented=f"Unimplemented{tag.class_name}",
        handlers=handlers,
    )


def _module(tag: Tag) -> str:
    return f"{tag.identifier}_" if tag.identifier in _RESERVED else tag.identifier


def _group(tag: Tag) -> GroupView:
    return GroupView(
        module=_module(tag),
        attribute=attribute_of(tag),
        class_name=tag.class_name,
        annotation=f"{tag.class_name}[CallerT]" if _is_secured(tag) else tag.class_name,
        unimplemented=f"Unimplemented{tag.class_name}",
        docstring=docstring(tag.description or f"The operations of {tag.name}.", indent=4),
    )


def _is_secured(tag: Tag) -> bool:
    return any(not operation.security.none for operation in tag.operations)


def _imports(tag: Tag, handlers: Iterable[HandlerView], *, secured: bool) -> tuple[str, ...]:
    code = " ".join(
        " ".join([handler.result, *(annotation for _, annotation in handler.arguments)])
        for handler in handlers
    )
    used = set(re.findall(r"[^\W\d]\w*", code))
    lines = [i for o in tag.operations if o.body for i in o.body.imports]
    lines += [
        f"from ..operations import {ERRORS_MODULE}",
        f"from ..operations import {module_of(tag)} as {operations_alias(tag)}",
    ]
    typing = ["Never", "Protocol", *(["TypeVar"] if secured else [])]
    own = [
        f"from typing import {', '.join(typing)}",
        "from specfoundry.runtime.problems import NotImplementedByServer",
    ]
    return tuple(dict.fromkeys([*own, *(line for line in lines if bound_names(line) & used)]))


def _handler(operation: Operation, tag: Tag) -> HandlerView:
    arguments = []
    if operation.params_class:
        arguments.append(("params", f"{operations_alias(tag)}.{operation.params_class}"))
    if operation.body:
        arguments.append(("body", _body(operation, tag)))
    if not operation.security.none:
        caller = f"{CALLER} | None" if operation.security.optional else CALLER
        arguments.append(("caller", caller))
    answers = [_answer(response, tag) for response in operation.responses]
    return HandlerView(
        name=operation.name,
        operation_id=repr(operation.operation_id),
        arguments=tuple(arguments),
        result=" | ".join(dict.fromkeys(answers)) or "Never",
        docstring=_docstring(operation),
    )


def _body(operation: Operation, tag: Tag) -> str:
    """Return the annotation of the body; form classes stand in the operations module."""
    body = operation.body
    if body is None:
        return "None"
    codes = [
        f"{operations_alias(tag)}.{media.class_name}" if media.class_name else media.type.code
        for media in body.media
    ]
    return " | ".join(dict.fromkeys(codes if body.required else [*codes, "None"]))


def _answer(response: Response, tag: Tag) -> str:
    module = ERRORS_MODULE if response.shared else operations_alias(tag)
    return f"{module}.{response.class_name}"


def _docstring(operation: Operation) -> str:
    summary = operation.summary.strip() or f"{operation.method} {operation.path}"
    line = summary if summary.endswith((".", "!", "?")) else f"{summary}."
    place = f"`{operation.method} {operation.path}`" if operation.summary.strip() else ""
    deprecated = "Deprecated." if operation.deprecated else ""
    return docstring(line, place, deprecated, operation.description, indent=8)

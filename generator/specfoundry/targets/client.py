"""Which files make up the generated client?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from specfoundry.render.outputs import destination
from specfoundry.targets.client_endpoints import (
    ANSWERS,
    ERRORS,
    OPERATIONS,
    answer_expression,
    endpoint_view,
    pagination_of,
)
from specfoundry.targets.client_items import Models
from specfoundry.targets.client_jobs import group_alias, jobs_of, operations_alias
from specfoundry.targets.client_methods import fields_of, methods_of
from specfoundry.targets.client_views import AnswersView, ClientView, GroupView
from specfoundry.targets.docstrings import docstring
from specfoundry.targets.operations import Render, module_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specfoundry.ir.api import Api, Tag
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.response import Response

_RUNTIME = (
    "Answer",
    "AnswerHeader",
    "AnswerMedia",
    "AsyncDownload",
    "AsyncGroup",
    "Call",
    "Download",
    "Endpoint",
    "FormField",
    "Pagination",
    "Progress",
    "RequestMedia",
    "SyncGroup",
    "UploadSource",
    "WireParameter",
)
_TYPING = ("Any", "Never", "NotRequired", "Required", "TypedDict")
_COLLECTIONS = ("AsyncIterator", "Iterator", "Sequence")

# Modules and attributes of the client package that a tag must not take.
_MODULES = frozenset({"client"})
_ATTRIBUTES = frozenset({"aclose", "close", "wait"})


def build(api: Api, banner: str, models: str, render: Render) -> dict[str, str]:
    """Return the texts of the client package by path, not yet formatted."""
    view = client_view(api, banner, models)
    views: dict[str, object] = {
        "client/init.py.jinja": view,
        "client/client.py.jinja": view,
        "client/answers.py.jinja": answers_view(api, banner),
    }
    files = {destination(template): render(template, shown) for template, shown in views.items()}
    of_group = "client/group.py.jinja"
    for group in view.groups:
        files[destination(of_group, group.module)] = render(of_group, group)
    return files


def client_view(api: Api, banner: str, models: str) -> ClientView:
    """Return everything that `client.py` and `__init__.py` print; `models` is the models' source."""
    types = Models(models)
    jobs = jobs_of(api)
    groups = tuple(_group(tag, banner, types) for tag in api.tags)
    code = " ".join(part for job in jobs for pair in job.jobs for part in (*pair, job.result))
    imports = [f"from .{g.module} import {g.async_class}, {g.sync_class}" for g in groups]
    for tag, group in zip(api.tags, groups, strict=True):
        if f"{operations_alias(tag)}." in code:
            imports.append(f"from ..operations import {module_of(tag)} as {operations_alias(tag)}")
        if f"{group_alias(tag)}." in code:
            imports.append(f"from . import {group.module} as {group_alias(tag)}")
    imports += _type_imports(api.operations, code)
    title = f"{api.title} {api.version}".strip()
    told = f"A client of {title}; its operations are grouped by tag."
    return ClientView(
        banner=banner,
        title=title,
        docstring=docstring(told, indent=4),
        imports=tuple(imports),
        groups=groups,
        jobs=jobs,
    )


def answers_view(api: Api, banner: str) -> AnswersView:
    """Return the shared error answers."""
    answers = [(error.class_name, answer_expression(error, ERRORS)) for error in api.errors]
    code = " ".join(expression for _, expression in answers)
    types = [line for error in api.errors for line in _response_imports(error)]
    own = [f"from ..operations import errors as {ERRORS}"] if answers else []
    return AnswersView(
        banner=banner,
        runtime=_used(("Answer", "AnswerHeader", "AnswerMedia"), code),
        imports=tuple(dict.fromkeys([*own, *types])),
        answers=tuple(answers),
    )


def _group(tag: Tag, banner: str, types: Models) -> GroupView:
    endpoints = tuple(endpoint_view(operation) for operation in tag.operations)
    fields = tuple(view for o in tag.operations if (view := fields_of(o)) is not None)
    methods = tuple(m for o in tag.operations for m in methods_of(o, _item_of(o, types)))
    code = " ".join(
        [
            "SyncGroup AsyncGroup Call Endpoint",
            *(f"{view.result} {' '.join(c for _, c in view.members)}" for view in endpoints),
            *(f"TypedDict {' '.join(annotation for _, annotation in f.fields)}" for f in fields),
            *(f"{m.signature} {m.result} {m.async_result} {m.pagination or ''}" for m in methods),
            *(code for m in methods for _, code in m.call),
        ]
    )
    name = _class_prefix(tag)
    return GroupView(
        banner=banner,
        module=f"{tag.identifier}_" if tag.identifier in _MODULES else tag.identifier,
        attribute=f"{tag.identifier}_" if tag.identifier in _ATTRIBUTES else tag.identifier,
        title=tag.name,
        docstring=docstring(tag.description.strip() or f"{tag.name}.", indent=4),
        sync_class=f"{name}Client",
        async_class=f"Async{name}Client",
        typing=_used(_TYPING, code),
        collections=_used(_COLLECTIONS, code),
        runtime=_used(_RUNTIME, code),
        imports=_group_imports(tag, code),
        endpoints=endpoints,
        fields=fields,
        methods=methods,
    )


def _class_prefix(tag: Tag) -> str:
    name = tag.class_name.removesuffix("Api")
    # `AsyncFooClient` is what the tag `foo` has, and `AsyncClient` the whole API's.
    return f"Group{name}" if name.startswith("Async") else name


def _group_imports(tag: Tag, code: str) -> tuple[str, ...]:
    lines = []
    if f"{ANSWERS}." in code:
        lines.append(f"from . import {ANSWERS}")
    if f"{OPERATIONS}." in code:
        lines.append(f"from ..operations import {module_of(tag)} as {OPERATIONS}")
    return tuple(dict.fromkeys([*lines, *_type_imports(tag.operations, code)]))


def _type_imports(operations: Iterable[Operation], code: str) -> list[str]:
    """Return the import lines of all types that `code` mentions."""
    lines = [line for operation in operations for line in _operation_imports(operation)]
    if "models." in code:
        lines.append("from .. import models")
    return [line for line in dict.fromkeys(lines) if _binds_any(line, code)]


def _operation_imports(operation: Operation) -> list[str]:
    lines = [line for parameter in operation.parameters for line in parameter.type.imports]
    if operation.body is not None:
        lines += operation.body.imports
        lines += [i for m in operation.body.media for part in m.parts for i in part.type.imports]
    return lines + [
        line for response in operation.responses for line in _response_imports(response)
    ]


def _response_imports(response: Response) -> list[str]:
    media = [line for one in response.media for line in one.type.imports]
    return media + [line for header in response.headers for line in header.type.imports]


def _binds_any(line: str, code: str) -> bool:
    """Return whether an import line binds a name that `code` uses."""
    bound = re.sub(r".*\bimport\b", "", line).split(",")
    names = [part.split(" as ")[-1].strip(" ()") for part in bound]
    return any(re.search(rf"\b{re.escape(name)}\b", code) for name in names if name)


def _used(names: Iterable[str], code: str) -> tuple[str, ...]:
    return tuple(name for name in names if re.search(rf"(?<![\w.]){name}\b", code))


def _item_of(operation: Operation, types: Models) -> str | None:
    """Return the annotation of a list's items, None when the operation has no pages."""
    given = operation.extensions.get("x-pagination")
    if not pagination_of(operation) or not isinstance(given, dict):
        return None
    body = next((r.body_code for r in operation.successes if r.body_code), None)
    items = given.get("items")
    return types.item_type(body, items) if body and isinstance(items, str) else None

"""Which files make up the operations package: parameters, bodies, answers and errors?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from specfoundry.render.outputs import destination
from specfoundry.targets.docstrings import docstring
from specfoundry.targets.operations_views import (
    ClassView,
    FieldView,
    ModuleView,
    PackageView,
    RootView,
)

if TYPE_CHECKING:
    from specfoundry.ir.api import Api, Tag
    from specfoundry.ir.body import Media, Part
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.parameter import Parameter
    from specfoundry.ir.response import Response
    from specfoundry.ir.types import Header

Render: TypeAlias = Callable[[str, object], str]
"""Renders the template of that name with one view."""

VALUE = "@dataclass(frozen=True, slots=True, kw_only=True)"
ERROR = "@dataclass(eq=False, kw_only=True)"
ERRORS_MODULE = "errors"
_MUTABLE = re.compile(r"[\[{]")


def build(api: Api, banner: str, render: Render) -> dict[str, str]:
    """Return the texts of the operations package and of the package around it by path, not yet formatted."""
    views: dict[str, object] = {
        "operations/package.py.jinja": root_view(api, banner),
        "operations/init.py.jinja": package_view(api, banner),
        "operations/errors.py.jinja": errors_view(api, banner),
    }
    files = {destination(template): render(template, view) for template, view in views.items()}
    of_tag = "operations/tag.py.jinja"
    for tag in api.tags:
        files[destination(of_tag, module_of(tag))] = render(of_tag, tag_view(tag, banner))
    return files


def module_of(tag: Tag) -> str:
    """Return the module name of a tag, beside `errors` and whatever else is reserved."""
    return f"{tag.identifier}_" if tag.identifier == ERRORS_MODULE else tag.identifier


def root_view(api: Api, banner: str) -> RootView:
    """Return the view of the `__init__` of the whole generated package."""
    return RootView(
        banner=banner,
        docstring=docstring(f"{api.title} {api.version}".strip(), api.summary, indent=0),
        version=repr(api.version),
    )


def package_view(api: Api, banner: str) -> PackageView:
    """Return the view of the package's `__init__`."""
    return PackageView(
        banner=banner,
        docstring=docstring(
            f"Parameters, bodies and answers of {api.title} {api.version}.", indent=0
        ),
        modules=tuple(sorted([ERRORS_MODULE, *(module_of(tag) for tag in api.tags)])),
    )


def errors_view(api: Api, banner: str) -> ModuleView:
    """Return the view of the errors that several operations share."""
    classes = tuple(_answer_class(error) for error in api.errors)
    lines = [line for error in api.errors for line in response_imports(error)]
    text = "The errors that several operations share; each may be returned or raised."
    return _module(banner, text, lines, classes)


def tag_view(tag: Tag, banner: str) -> ModuleView:
    """Return the view of one tag's module."""
    classes = [view for operation in tag.operations for view in _operation_classes(operation)]
    lines = [line for operation in tag.operations for line in _operation_imports(operation)]
    text = f"{tag.name}: parameters, form bodies and answers of the operations."
    return _module(banner, text, lines, {view.name: view for view in classes}.values())


def response_imports(response: Response) -> list[str]:
    """Return the import lines that a response's class needs."""
    media = [line for one in response.media for line in one.type.imports]
    return media + [line for header in response.headers for line in header.type.imports]


def _module(
    banner: str, text: str, lines: Iterable[str], classes: Iterable[ClassView]
) -> ModuleView:
    listed = tuple(classes)
    bases = {view.base.partition("[")[0] for view in listed if view.base}
    fields = [field for view in listed for field in view.fields]
    own = []
    if listed:
        factory = ", field" if any("field(" in (f.default or "") for f in fields) else ""
        own.append(f"from dataclasses import dataclass{factory}")
    if any(field.annotation.startswith("ClassVar") for field in fields):
        own.append("from typing import ClassVar")
    if bases:
        own.append(f"from specfoundry.runtime.responses import {', '.join(sorted(bases))}")
    return ModuleView(
        banner=banner,
        docstring=docstring(text, indent=0),
        imports=tuple(dict.fromkeys([*own, *lines])),
        classes=listed,
    )


def _operation_imports(operation: Operation) -> list[str]:
    lines = [line for parameter in operation.parameters for line in parameter.type.imports]
    for media in operation.body.media if operation.body else ():
        lines += [line for part in media.parts for line in part.type.imports]
    for response in operation.responses:
        if not response.shared:
            lines += response_imports(response)
    return lines


def _operation_classes(operation: Operation) -> Iterable[ClassView]:
    if operation.params_class:
        yield ClassView(
            name=operation.params_class,
            base=None,
            decorator=VALUE,
            docstring=docstring(f"Parameters of `{operation.method} {operation.path}`.", indent=4),
            fields=tuple(_parameter(parameter) for parameter in operation.parameters),
        )
    for media in operation.body.media if operation.body else ():
        if media.class_name:
            yield _form_class(operation, media, media.class_name)
    for response in operation.responses:
        if not response.shared:
            yield _answer_class(response)


def _form_class(operation: Operation, media: Media, name: str) -> ClassView:
    text = f"Fields of `{operation.method} {operation.path}` ({media.media_type})."
    return ClassView(
        name=name,
        base=None,
        decorator=VALUE,
        docstring=docstring(text, indent=4),
        fields=tuple(_part(part) for part in media.parts),
    )


def _answer_class(response: Response) -> ClassView:
    base = "ApiError" if response.is_error else f"Response[{response.body_code or 'None'}]"
    fixed = response.fixed_status
    fields = [
        FieldView(name="status", annotation="int")
        if fixed is None
        else FieldView(name="status", annotation="ClassVar[int]", default=str(fixed))
    ]
    if response.body_code:
        fields.append(FieldView(name="body", annotation=response.body_code))
    if len(response.media) > 1:
        first = repr(response.media[0].media_type)
        fields.append(FieldView(name="media_type", annotation="str", default=first))
    return ClassView(
        name=response.class_name,
        base=base,
        decorator=ERROR if response.is_error else VALUE,
        docstring=docstring(response.description or f"Answer {response.status}.", indent=4),
        fields=(*fields, *(_header(header) for header in response.headers)),
    )


def _parameter(parameter: Parameter) -> FieldView:
    return _value(
        parameter.identifier,
        parameter.type.code,
        parameter.default,
        required=parameter.required,
        text=_deprecation(parameter.description, deprecated=parameter.deprecated),
    )


def _part(part: Part) -> FieldView:
    return _value(
        part.identifier,
        part.type.code,
        part.default,
        required=part.required,
        text=_deprecation(part.description, deprecated=part.deprecated),
    )


def _header(header: Header) -> FieldView:
    return _value(
        header.identifier,
        header.type.code,
        None,
        required=header.required,
        text=_deprecation(header.description, deprecated=header.deprecated),
    )


def _value(
    name: str, annotation: str, default: str | None, *, required: bool, text: str
) -> FieldView:
    """Return a field; what is optional and has no default may be None."""
    if default is not None and _MUTABLE.match(default):
        default = f"field(default_factory=lambda: {default})"
    if default is None and not required:
        default = "None"
        if not annotation.endswith("| None") and annotation not in {"None", "Any"}:
            annotation = f"{annotation} | None"
    return FieldView(
        name=name,
        annotation=annotation,
        default=default,
        docstring=docstring(text, indent=4) if text else None,
    )


def _deprecation(text: str, *, deprecated: bool) -> str:
    return f"Deprecated. {text.strip()}".strip() if deprecated else text.strip()

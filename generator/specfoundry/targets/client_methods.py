"""Which methods does a client have for one operation, and with which arguments?"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.targets.client_endpoints import (
    OPERATIONS,
    constant_of,
    is_download,
    page_parameter,
    pagination_of,
    result_of,
)
from specfoundry.targets.client_views import Argument, FieldsView, MethodView
from specfoundry.targets.docstrings import docstring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specfoundry.ir.body import Body, Media, Part
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.parameter import Parameter

# A method with such a name would hide the type in the annotations of the methods after it.
_TYPE_NAMES = frozenset(
    {"bool", "bytes", "dict", "float", "int", "list", "models", "object", "str", "tuple", "type"}
)
_PARTED = frozenset({"form", "multipart"})


@dataclass(frozen=True, slots=True)
class _Sent:
    """The arguments that make up a request body, and the expression that passes them on."""

    arguments: tuple[Argument, ...] = ()
    expression: str = ""
    options: tuple[tuple[str, Argument], ...] = ()
    """Arguments that are passed on under the names of `Call`."""
    fields: FieldsView | None = None


def methods_of(operation: Operation, item: str | None) -> tuple[MethodView, ...]:
    """Return the method that calls `operation` and, for a list, the one that walks its pages.

    `item` is the annotation of a list's items, None for an operation without pages.
    """
    caller = _caller(operation)
    return (caller,) if item is None else (caller, _iterator(operation, item))


def fields_of(operation: Operation) -> FieldsView | None:
    """Return the typed dict of the operation's form, where its fields are no arguments."""
    return _sent(operation).fields


def _caller(operation: Operation) -> MethodView:
    sent = _sent(operation)
    result, verb = result_of(operation), "call"
    sync = asynchronous = result
    if is_download(operation):
        verb = "download"
        others = "" if result == "Never" else f" | {result}"
        sync, asynchronous = f"Download{others}", f"AsyncDownload{others}"
    passed = {"params": _params(operation, ""), "body": sent.expression}
    passed |= {name: argument.name for name, argument in sent.options}
    return MethodView(
        name=f"{operation.name}_" if operation.name in _TYPE_NAMES else operation.name,
        docstring=docstring(*_told(operation), indent=8),
        short_docstring=docstring(_told(operation)[0], _request_line(operation), indent=8),
        endpoint=constant_of(operation),
        verb=verb,
        arguments=_ordered(
            [
                *_parameters(operation, ""),
                *sent.arguments,
                *(argument for _, argument in sent.options),
            ]
        ),
        call=tuple((name, code) for name, code in passed.items() if code),
        result=sync,
        async_result=asynchronous,
    )


def _iterator(operation: Operation, item: str) -> MethodView:
    left_out = page_parameter(operation)
    told = f"Yield the items of all pages of `{operation.name}`."
    return MethodView(
        name=f"iter_{operation.name}",
        docstring=docstring(told, "A page is requested when the one before is used up.", indent=8),
        short_docstring=docstring(told, indent=8),
        endpoint=constant_of(operation),
        verb="pages",
        arguments=_ordered(_parameters(operation, left_out)),
        call=(("params", _params(operation, left_out)),) if operation.parameters else (),
        result=f"Iterator[{item}]",
        async_result=f"AsyncIterator[{item}]",
        pagination=pagination_of(operation),
    )


def _ordered(arguments: Iterable[Argument]) -> tuple[Argument, ...]:
    """Return positional arguments first, those without a default before the others."""
    return tuple(sorted(arguments, key=lambda a: (a.keyword_only, a.default is not None)))


def _parameters(operation: Operation, left_out: str) -> list[Argument]:
    return [
        Argument(
            name=_free(parameter.identifier, ()),
            annotation=_annotation(parameter),
            default=_default(parameter),
            keyword_only=parameter.location != "path",
        )
        for parameter in operation.parameters
        if parameter.identifier != left_out
    ]


def _annotation(parameter: Parameter) -> str:
    optional = not parameter.required and parameter.default is None
    code = plain(parameter.type.code)
    return f"{code} | None" if optional else code


def _default(parameter: Parameter) -> str | None:
    if parameter.required:
        return None
    return parameter.default or "None"


def _params(operation: Operation, left_out: str) -> str:
    if not operation.parameters:
        return ""
    passed = [
        f"{p.identifier}={_free(p.identifier, ())}"
        for p in operation.parameters
        if p.identifier != left_out
    ]
    return f"{OPERATIONS}.{operation.params_class}({', '.join(passed)})"


def _sent(operation: Operation) -> _Sent:
    if operation.body is None:
        return _Sent()
    taken = {parameter.identifier for parameter in operation.parameters}
    media = operation.body.media
    if (
        len(media) == 1
        and media[0].parts
        and taken.isdisjoint(p.identifier for p in media[0].parts)
    ):
        return _as_arguments(media[0], taken)
    return _as_one_argument(operation, operation.body, taken)


def _as_arguments(media: Media, taken: set[str]) -> _Sent:
    """Spread the fields of the only form over keyword arguments."""
    names = {part.identifier: _free(part.identifier, ()) for part in media.parts}
    arguments = tuple(
        Argument(
            name=names[part.identifier],
            annotation=_part_type(part) if part.required else f"{_part_type(part)} | None",
            default=None if part.required else "None",
        )
        for part in media.parts
    )
    pairs = ", ".join(f"{identifier!r}: {name}" for identifier, name in names.items())
    options = _options([media], taken | set(names))
    return _Sent(arguments, f"{{{pairs}}}", options)


def _as_one_argument(operation: Operation, body: Body, taken: set[str]) -> _Sent:
    fields = next((_fields(operation, media) for media in body.media if media.parts), None)
    types = dict.fromkeys(_body_type(media, fields) for media in body.media)
    name = _free("body", taken)
    argument = Argument(
        name=name,
        annotation=" | ".join([*types, *([] if body.required else ["None"])]),
        default=None if body.required else "None",
        keyword_only=False,
    )
    return _Sent((argument,), name, _options(list(body.media), taken | {name}), fields)


def _options(media: list[Media], taken: set[str]) -> tuple[tuple[str, Argument], ...]:
    options: list[tuple[str, Argument]] = []
    if len(media) > 1 or "*" in media[0].media_type:
        options.append(("content_type", _option("content_type", "str | None", taken)))
    if any(_streams(one) for one in media):
        options.append(("progress", _option("progress", "Progress | None", taken)))
    return tuple(options)


def _option(name: str, annotation: str, taken: set[str]) -> Argument:
    return Argument(name=_free(name, taken), annotation=annotation, default="None")


def _streams(media: Media) -> bool:
    return media.kind in {"binary", "raw"} or any(part.kind == "file" for part in media.parts)


def _fields(operation: Operation, media: Media) -> FieldsView:
    def annotated(part: Part) -> str:
        return f"{'Required' if part.required else 'NotRequired'}[{_part_type(part)}]"

    return FieldsView(
        name=f"{operation.class_prefix}Fields",
        fields=tuple((part.identifier, annotated(part)) for part in media.parts),
    )


def _body_type(media: Media, fields: FieldsView | None) -> str:
    if media.kind in {"binary", "raw"}:
        return "UploadSource"
    return fields.name if media.parts and fields is not None else plain(media.type.code)


def _part_type(part: Part) -> str:
    if part.kind == "file":
        return "Sequence[UploadSource]" if part.many else "UploadSource"
    return plain(part.type.code)


def _free(name: str, taken: Iterable[str]) -> str:
    """Return `name`, with underscores behind it until it is neither taken nor `self`."""
    while name in {"self", *taken}:
        name += "_"
    return name


def _request_line(operation: Operation) -> str:
    return f"`{operation.method} {operation.path}`"


def _told(operation: Operation) -> tuple[str, ...]:
    summary = operation.summary.strip().rstrip(".") or f"Call {operation.operation_id}"
    deprecated = ("Deprecated.",) if operation.deprecated else ()
    raised = ", ".join(dict.fromkeys(response.class_name for response in operation.errors))
    raises = (f"Raises {raised}.",) if raised else ()
    paragraphs = (
        f"{summary}.",
        _request_line(operation),
        *deprecated,
        operation.description.strip(),
    )
    return tuple(paragraph for paragraph in (*paragraphs, *raises) if paragraph)


class _Plain(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        wrapped = isinstance(node.value, ast.Name) and node.value.id == "Annotated"
        if wrapped and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node


def plain(annotation: str) -> str:
    """Return `annotation` without constraints: the server checks them, a reader trips over them."""
    if "Annotated[" not in annotation:
        return annotation
    return ast.unparse(_Plain().visit(ast.parse(annotation, mode="eval")))

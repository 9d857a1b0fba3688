"""Do links lead to operations and parameters that exist, and do their expressions find a value?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import PointerError, follow, from_fragment, join
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.schema_path import leads_somewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXPRESSION = re.compile(
    r"\$(?:url|method|statusCode|(?P<side>request|response)"
    r"\.(?:(?P<place>header|query|path)\.(?P<name>[^{}#]+(?:#regex:.+)?)|body(?:#(?P<pointer>/[^{}]*)?)?))\Z"
)
"""A runtime expression (OpenAPI 3.1, 4.8.20.4), with Schemathesis's `#regex:` to cut out a part."""
_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")


def link_targets(context: Context) -> Iterator[Violation]:
    """Check that a link names an operation that exists, and parameters which it has."""
    for place in context.by_kind["link"]:
        node = place.node
        if "$ref" in node:
            continue
        if "operationRef" in node:
            yield from _check_reference(context, place.pointer, node["operationRef"])
            continue
        name = node.get("operationId")
        operation = context.operations_by_id.get(name) if isinstance(name, str) else None
        if operation is None:
            message = f"There is no operation `{name}`."
            yield Violation(join(place.pointer, "operationId"), message)
        else:
            yield from _check_parameters(operation, place.pointer, node)


def _check_reference(context: Context, pointer: str, text: Any) -> Iterator[Violation]:
    if not isinstance(text, str) or not text.startswith("#"):
        return
    try:
        follow(context.root, from_fragment(text[1:]))
    except PointerError as error:
        message = f"`{text}` leads nowhere: {error}."
        yield Violation(join(pointer, "operationRef"), message)


def _check_parameters(
    operation: OperationPlace, pointer: str, node: dict[str, Any]
) -> Iterator[Violation]:
    names = set()
    for _, parameter in operation.parameters:
        names |= {parameter.get("name"), f"{parameter.get('in')}.{parameter.get('name')}"}
    parameters = node.get("parameters")
    for name in parameters if isinstance(parameters, dict) else ():
        if name not in names:
            message = f"`{operation.label}` has no parameter `{name}`."
            yield Violation(join(pointer, "parameters", name), message)


def link_expressions(context: Context) -> Iterator[Violation]:
    """Every runtime expression of a link finds its value in the request or the response."""
    for operation in context.operations:
        responses = operation.node.get("responses")
        for status, item in responses.items() if isinstance(responses, dict) else ():
            pointer = join(operation.pointer, "responses", status)
            where, response = context.resolve(item, pointer)
            links = response.get("links") if isinstance(response, dict) else None
            for name, link in links.items() if isinstance(links, dict) else ():
                place, node = context.resolve(link, join(where, "links", name))
                for inside, text in _expressions(node):
                    problem = _problem(context, operation, response, text)
                    if problem:
                        yield Violation(place + inside, f"`{text}`: {problem}")


def _expressions(link: Any) -> Iterator[tuple[str, str]]:
    """Yield (pointer inside the link, expression) of its parameters and body."""
    stack = [
        (f"/{member}", link[member])
        for member in ("parameters", "requestBody")
        if isinstance(link, dict) and member in link
    ]
    while stack:
        pointer, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((join(pointer, name), member) for name, member in value.items())
        elif isinstance(value, list):
            stack.extend((join(pointer, index), item) for index, item in enumerate(value))
        elif isinstance(value, str):
            texts = [value] if value.startswith("$") else _EMBEDDED.findall(value)
            yield from ((pointer, text) for text in texts)


def _problem(
    context: Context, operation: OperationPlace, response: dict[str, Any], text: str
) -> str | None:
    match = _EXPRESSION.match(text)
    if match is None:
        return "this is no runtime expression."
    if match["place"]:
        return _named(operation, response, match)
    if match["pointer"] is None:
        return None
    holder = response
    if match["side"] == "request":
        holder = context.resolved(operation.node.get("requestBody"), "")
    content = holder.get("content")
    schemas = [
        media.get("schema")
        for media in (content.values() if isinstance(content, dict) else ())
        if isinstance(media, dict)
    ]
    if any(leads_somewhere(context, schema, match["pointer"]) for schema in schemas):
        return None
    return f"the {match['side']} of `{operation.label}` has nothing there."


def _named(operation: OperationPlace, response: dict[str, Any], match: re.Match[str]) -> str | None:
    name, _, suffix = match["name"].partition("#regex:")
    place = match["place"]
    if suffix and not _is_regex(suffix):
        return "what stands behind `#regex:` is no regular expression."
    if match["side"] == "response":
        headers = response.get("headers")
        known = {header.lower() for header in headers} if isinstance(headers, dict) else set()
        missing = place != "header" or name.lower() not in known
        return f"the response has no {place} `{name}`." if missing else None
    for _, parameter in operation.parameters:
        if parameter.get("in") == place and str(parameter.get("name")).lower() == name.lower():
            return None
    return f"`{operation.label}` has no {place} parameter `{name}`."


def _is_regex(text: str) -> bool:
    try:
        return re.compile(text).groups == 1
    except re.error:
        return False

"""How is an operation called from a shell or from Python?"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from specfoundry.targets.docs_examples import Composer, Example, is_json
from specfoundry.targets.docs_facts import short_examples
from specfoundry.targets.docs_nodes import Nodes, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NOT_A_VARIABLE = re.compile(r"[^A-Za-z0-9]+")
_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_SHELL_SPECIAL = re.compile(r'(["\\$`])')
_BACKSLASHED = r"\\\1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallParts:
    """What a sample of one operation is made of."""

    method: str
    path: str
    server: str
    """Base address without a slash at its end; empty when the document names none."""
    parameters: Sequence[Mapping[str, Any]]
    schemes: Sequence[Mapping[str, Any]]
    """The security schemes of the first alternative that asks for any."""
    media_type: str = ""
    schema: object = None
    example: Example | None = None
    downloads: bool = False
    """The answer is not text: it is saved to a file."""


def documented_value(nodes: Nodes, parameter: Mapping[str, Any]) -> object | None:
    """Return the first example of a parameter, its schema's example or default; else None."""
    if "example" in parameter:
        found: object = parameter["example"]
        return found
    for entry in mapping(parameter.get("examples")).values():
        return nodes.resolve(entry).get("value")
    schema = nodes.resolve(parameter.get("schema"))
    examples = short_examples(schema)
    if examples:
        value: object = json.loads(examples[0])
        return value
    return schema.get("const", schema.get("default"))


def _variable(name: str) -> str:
    """Return the shell variable for a placeholder: `app-guid` → `$APP_GUID`."""
    return f"${_NOT_A_VARIABLE.sub('_', name).strip('_').upper() or 'VALUE'}"


def _literal(value: object) -> str:
    """Return a parameter's value as it stands in an address: lists with commas."""
    if isinstance(value, list):
        return ",".join(_literal(entry) for entry in value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if not isinstance(value, dict) else json.dumps(value, separators=(",", ":"))


def _quoted(words: str) -> str:
    """Quote for a POSIX shell, so that `$NAME` (marked by NUL) is still replaced."""
    if "\0" not in words:
        return shlex.quote(words)
    return f'"{_SHELL_SPECIAL.sub(_BACKSLASHED, words)}"'.replace("\0", "$")


def _marked(name: str) -> str:
    return f"\0{_variable(name)[1:]}"


def _url(parts: CallParts, nodes: Nodes) -> str:
    known = {
        text(parameter.get("name")): documented_value(nodes, parameter)
        for parameter in parts.parameters
        if parameter.get("in") == "path"
    }

    def filled(match: re.Match[str]) -> str:
        value = known.get(match[1])
        return _marked(match[1]) if value is None else quote(_literal(value), safe="")

    path = _TEMPLATE.sub(filled, parts.path)
    query = "&".join(
        f"{quote(name, safe='')}={value}" for name, value in _required(parts, nodes, "query")
    )
    server = parts.server if "://" in parts.server else f"\0SERVER{parts.server}"
    return f"{server}{path}{'?' if query else ''}{query}"


def _required(parts: CallParts, nodes: Nodes, location: str) -> Iterator[tuple[str, str]]:
    """Yield the required parameters of a location with their values, a variable for an unknown one."""
    for parameter in parts.parameters:
        if parameter.get("in") != location or parameter.get("required") is not True:
            continue
        name = text(parameter.get("name"))
        value = documented_value(nodes, parameter)
        safe = "," if location == "query" else " ,;=/:"
        yield name, _marked(name) if value is None else quote(_literal(value), safe=safe)


def _header(name: str, value: str) -> str:
    return f"--header {_quoted(f'{name}: {value}')}"


def _credentials(schemes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for scheme in schemes:
        kind, http = text(scheme.get("type")), text(scheme.get("scheme"))
        if kind == "apiKey":
            yield _api_key(text(scheme.get("in")), text(scheme.get("name")))
        elif kind == "mutualTLS":
            yield "--cert client.pem"
        elif kind == "http" and http.lower() == "basic":
            yield '--user "$USERNAME:$PASSWORD"'
        elif kind == "http" and http.lower() != "bearer":
            yield _header("Authorization", f"{http} {_marked('credentials')}")
        else:
            yield _header("Authorization", f"Bearer {_marked('token')}")


def _api_key(location: str, name: str) -> str:
    key = _marked("api key")
    if location == "header":
        return _header(name, key)
    if location == "cookie":
        return f"--cookie {_quoted(f'{name}={key}')}"
    return f"--url-query {_quoted(f'{name}={key}')}"


def _body(parts: CallParts, composer: Composer) -> Iterator[str]:
    media_type = parts.media_type
    if not media_type:
        return
    value = None if parts.example is None else parts.example.value
    if media_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        flag = "--form" if media_type.startswith("multipart") else "--data-urlencode"
        fields = value if isinstance(value, dict) else {}
        for name, field in fields.items():
            binary = _is_file(composer, parts.schema, name)
            yield f"{flag} {_quoted(f'{name}=@{name}' if binary else f'{name}={_literal(field)}')}"
        return
    yield _header("Content-Type", media_type)
    if is_json(media_type):
        yield f"--data {_quoted(json.dumps(value, indent=2, ensure_ascii=False, default=str))}"
    elif isinstance(value, str) and (parts.example is None or not parts.example.composed):
        yield f"--data-binary {_quoted(value)}"
    else:
        yield "--data-binary @file"


def _is_file(composer: Composer, schema: object, name: str) -> bool:
    """Whether a form field is binary: no type, or an encoding or format that says so."""
    field = composer.property(schema, name)
    if field.get("format") == "binary" or "contentMediaType" in field:
        return True
    return not any(
        key in field for key in ("type", "enum", "const", "oneOf", "anyOf", "properties")
    )


def curl_sample(parts: CallParts, nodes: Nodes, composer: Composer) -> str:
    """Return a `curl` call; what the document does not show is a shell variable."""
    pieces = ["curl"]
    if parts.method == "HEAD":
        pieces[0] = "curl --head"
    elif parts.method != "GET":
        pieces[0] = f"curl --request {parts.method}"
    pieces[0] += f" {_quoted(_url(parts, nodes))}"
    pieces += _credentials(parts.schemes)
    pieces += [_header(name, value) for name, value in _required(parts, nodes, "header")]
    pieces += [
        f"--cookie {_quoted(f'{name}={value}')}"
        for name, value in _required(parts, nodes, "cookie")
    ]
    pieces += _body(parts, composer)
    if parts.downloads:
        pieces.append("--location --output file")
    return " \\\n  ".join(pieces)

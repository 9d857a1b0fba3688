"""What does openapi-spec-validator find that our own rules have not found?

Its schemas and most of its checks are in our rules already, with better places. This runs the library
as a whole, so that nothing which it refuses passes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation import keywords

from specfoundry.document.pointer import PointerError, from_fragment, from_tokens, step
from specfoundry.rules.context import Context, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # no stubs


class _Ids(set[int]):
    """The library keeps the schemas that it has seen in a list, which is quadratic."""

    append = set.add


class _Schemas(keywords.OpenAPIV31SchemaValidator):
    """Remembers at which schema an error was found; the library's errors do not say."""

    def __init__(self, registry: Any) -> None:
        super().__init__(registry)
        self.visited_schema_ids = _Ids()  # type: ignore[assignment]  # used as a collection only
        self.meta_checked_schema_ids = _Ids()  # type: ignore[assignment]

    def __call__(self, schema: Any, *args: Any, **kwargs: Any) -> Iterator[ValidationError]:
        for error in super().__call__(schema, *args, **kwargs):
            if not hasattr(error, "place"):
                error.place = tuple(schema.parts)
            yield error


class _Validator(OpenAPIV31SpecValidator):
    keyword_validators = {  # noqa: RUF012  # the library's own declaration
        **OpenAPIV31SpecValidator.keyword_validators,
        "schema": _Schemas,
    }


def library_errors(context: Context) -> Iterator[Violation]:
    """Yield the library's errors; what it raises instead of reporting is one error, too."""
    validator = _Validator(context.root)
    try:
        for error in validator.root_validator(validator.schema_path):
            tokens = (*getattr(error, "place", ()), *error.absolute_path)
            yield Violation(_pointer(context.root, tokens), _sentence(error))
    except Exception as error:  # noqa: BLE001  # the library raises whatever a broken document causes
        # Counts only when our own rules have found nothing: they say better what is wrong.
        yield Violation("", f"openapi-spec-validator gives up: {type(error).__name__}: {error}.")


def _sentence(error: ValidationError) -> str:
    text = " ".join(str(error.message).split())
    return f"{text[:200]}." if not text.endswith(".") else text


def _pointer(root: Any, tokens: tuple[Any, ...]) -> str:
    """Return the pointer of the object itself, where the library's path goes through references."""
    path: list[str] = []
    for token in map(str, tokens):
        path = _behind_references(root, path)
        try:
            step(_at(root, path), token)
        except PointerError:
            break
        path.append(token)
    return from_tokens(_behind_references(root, path))


def _behind_references(root: Any, path: list[str]) -> list[str]:
    for _ in range(50):
        node = _at(root, path)
        if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
            break
        path = _tokens(node["$ref"])
    return list(path)


def _tokens(reference: str) -> list[str]:
    pointer = from_fragment(reference.partition("#")[2])
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _at(root: Any, tokens: list[str]) -> Any:
    node = root
    try:
        for token in tokens:
            node = step(node, token)
    except PointerError:
        return None
    return node

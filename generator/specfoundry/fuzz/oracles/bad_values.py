"""Which values does a query parameter's schema refuse, and which ones must be taken?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.oracles.taking import schema_of, takes
from specfoundry.runtime.codecs import leading_integer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.promises.contract import Parameter
    from specfoundry.fuzz.promises.lists import Filter

_NOBODY: Final = "nobody-knows-this-value"
_ODD: Final = ("!", " ", "=", ",", "(", "%", "é", "-", "x", "9")
_REFUSED: Final = object()


def bad_values(ground: Ground, parameter: Parameter) -> list[Any]:
    """Return values that a parameter's schema refuses, however the server reads their texts.

    The likeliest to be taken by mistake come first.
    """
    schema = schema_of(ground, parameter)
    texts = [*dict.fromkeys(_texts(schema, parameter.node.get("example")))]
    if not parameter.is_list:
        return [text for text in texts if not _is_taken(ground, parameter, text)]
    lists = [[text] for text in texts] + list(_lists(parameter))
    return [one for one in lists if not _is_taken(ground, parameter, one)]


def too_many(rule: Filter, extra: int) -> Any:
    """Return more values, or requirements, than a filter takes, by a number; it may be 0.

    Raises:
        TypeError: The filter takes any number.

    """
    if rule.most is None:
        raise TypeError("the filter takes any number of values")
    names = [f"{_NOBODY}-{number}" for number in range(rule.most + extra)]
    return ",".join(f"!{name}" for name in names) if rule.op == "labels" else names


def good_values(ground: Ground, parameter: Parameter) -> list[Any]:
    """Return values that a parameter must take: its bounds, its alternatives, its example."""
    schema = schema_of(ground, parameter)
    known = [*schema.get("enum", ()), *(schema[n] for n in ("minimum", "maximum") if n in schema)]
    values = [[one] for one in known] if parameter.is_list else known
    if "example" in parameter.node and parameter.node["example"] not in values:
        values.append(parameter.node["example"])
    return [one for one in values if takes(ground, parameter, one)]


def _texts(schema: Mapping[str, Any], example: Any) -> Iterator[str]:
    """Yield texts of single values, most of them bad."""
    if "maximum" in schema:
        yield str(schema["maximum"] + 1)
    if "minimum" in schema:
        yield str(schema["minimum"] - 1)
    for member in schema.get("enum", ())[:3]:
        yield str(member).swapcase()
        yield f"{member}x"
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if schema.get("type") in ("integer", "number", "boolean") or "enum" in schema:
        yield from (_NOBODY, "1.5", "maybe", "-1", "")
    if "pattern" in schema or "format" in schema:
        one = example[0] if isinstance(example, list) and example else example
        yield from _damaged(str(one) if one is not None else "")
        yield from (_NOBODY, "")


def _damaged(text: str) -> Iterator[str]:
    """Yield a text with one letter more, less or other, evenly over its whole length."""
    step = max(len(text) // 8, 1)
    for index in [*range(0, len(text), step), len(text)]:
        odd = _ODD[index % len(_ODD)]
        yield text[:index] + odd + text[index:]
        yield text[:index] + text[index + 1 :]
        yield text[:index] + odd + text[index + 1 :]
    yield from (text[: len(text) // 2], text + text)


def _lists(parameter: Parameter) -> Iterator[list[str]]:
    example = parameter.node.get("example")
    members = [str(one) for one in example] if isinstance(example, list) else ["x"]
    if not parameter.wire.explode:  # else nothing would be sent
        yield []
    yield [*members, members[0]] if members else []
    yield [*members, _NOBODY]
    most = parameter.schema.get("maxItems")
    if isinstance(most, int) and most < 100:
        yield [f"x{number}" for number in range(most + 1)]


def _is_taken(ground: Ground, parameter: Parameter, value: Any) -> bool:
    """Return whether a server may take a value, as it reads it."""
    kind = schema_of(ground, parameter).get("type")
    if isinstance(value, list):
        read = [_read(parameter, kind, text) for text in value or [""]]
        return _REFUSED not in read and takes(ground, parameter, read)
    one = _read(parameter, kind, value)
    return one is not _REFUSED and takes(ground, parameter, one)


def _read(parameter: Parameter, kind: Any, text: str) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, _REFUSED)
    if kind not in ("integer", "number"):
        return text
    if parameter.node.get("x-decode") == "leading-integer":
        return leading_integer(text)
    try:
        return int(text) if kind == "integer" else float(text)
    except ValueError:
        return _REFUSED

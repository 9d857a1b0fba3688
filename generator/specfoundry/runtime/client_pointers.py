"""What stands at a JSON pointer inside a decoded body?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import MISSING, BaseModel, RootModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


def pointed(value: object, pointer: str) -> object | None:
    """Return what `pointer` (RFC 6901) names in models, dicts and lists; None when nothing is there."""
    for token in pointer.split("/")[1:]:
        value = _member(value, token.replace("~1", "/").replace("~0", "~"))
        if value is None or value is MISSING:
            return None
    return value


def _member(value: object, token: str) -> object | None:
    if isinstance(value, RootModel):
        return _member(value.root, token)
    if isinstance(value, BaseModel):
        return _field(value, token)
    if isinstance(value, dict):
        found: object = value.get(token)
        return found
    if isinstance(value, (list, tuple)) and token.isdigit() and int(token) < len(value):
        item: object = value[int(token)]
        return item
    return None


def _field(model: BaseModel, token: str) -> object | None:
    found: object
    for name, field in type(model).model_fields.items():
        if _wire_name(name, field) == token:
            found = getattr(model, name)
            return found
    found = (model.model_extra or {}).get(token)
    return found


def _wire_name(name: str, field: FieldInfo) -> str:
    return field.alias or name

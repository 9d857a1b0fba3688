"""How does a plain document become JSON that the contract vouches for?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cloud_controller.store import BASE_URL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel


def render(model: type[BaseModel], document: Mapping[str, Any]) -> bytes:
    """Validate a document by its generated model and write it as the model does.

    Raises:
        pydantic.ValidationError: The document is not what the contract promises: a bug of ours.

    """
    return model.model_validate_json(json.dumps(document)).model_dump_json(by_alias=True).encode()


def link(path: str) -> dict[str, str]:
    """Return a link to a path of this server."""
    return {"href": BASE_URL + path}


def action(path: str, method: str = "POST") -> dict[str, str]:
    """Return a link that names the method to follow it with."""
    return {"href": BASE_URL + path, "method": method}


def to_one(guid: str | None) -> dict[str, Any]:
    """Return a relationship to one resource, or to none."""
    return {"data": None if guid is None else {"guid": guid}}


def joined(documents: Sequence[bytes]) -> bytes:
    """Return a JSON array of documents that are JSON already."""
    return b"[" + b",".join(documents) + b"]"

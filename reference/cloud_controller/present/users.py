"""How do users and roles look (src `app/presenters/v3/{user,role}_presenter.rb`)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from capi import models
from cloud_controller.present.rendering import link, render, to_one
from cloud_controller.store import clock

if TYPE_CHECKING:
    from cloud_controller.store import Metadata
    from cloud_controller.store.records import RoleRecord, UserRecord


def user(record: UserRecord, metadata: Metadata) -> bytes:
    """Return the user's document; who has no name is presented by his guid."""
    name = record.user_name or None
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "username": name,
        "presentation_name": name or record.guid,
        "origin": record.origin if name else None,
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": {"self": link(_user_path(record.guid))},
    }
    return render(models.User, document)


def role(record: RoleRecord) -> bytes:
    """Return the role's document."""
    links: dict[str, Any] = {
        "self": link(f"/v3/roles/{record.guid}"),
        "user": link(_user_path(record.user_guid)),
    }
    if record.space_guid is not None:
        links["space"] = link(f"/v3/spaces/{record.space_guid}")
    else:
        links["organization"] = link(f"/v3/organizations/{record.organization_guid}")
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "type": record.type,
        "relationships": {
            "user": to_one(record.user_guid),
            "organization": to_one(record.organization_guid),
            "space": to_one(record.space_guid),
        },
        "links": links,
    }
    return render(models.Role, document)


def _user_path(guid: str) -> str:
    # The id of a client is any text.
    return f"/v3/users/{quote(guid, safe='')}"

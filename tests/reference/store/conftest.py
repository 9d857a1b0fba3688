"""A database and rows for the tests of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cloud_controller.auth.users import create_user, grant_role
from cloud_controller.store import (
    APPS,
    ORGANIZATIONS,
    PACKAGES,
    SPACES,
    AppRecord,
    Database,
    OrganizationRecord,
    PackageRecord,
    SpaceRecord,
    Transaction,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

NOON = 1_465_387_200_000_000  # 2016-06-08T12:00:00Z


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(f"sqlite:///{tmp_path / 'cc.db'}")
    yield opened
    await opened.close()


def times(offset: int = 0) -> dict[str, int]:
    return {"created_at": NOON + offset, "updated_at": NOON + offset}


def fill(transaction: Transaction) -> None:
    """Two organizations with a space and an app each; ten packages in the first app."""
    for name in ("one", "two"):
        transaction.insert(
            ORGANIZATIONS,
            OrganizationRecord(guid=f"org-{name}", name=name, quota_guid="q", **times()),
            b"{}",
        )
        transaction.insert(
            SPACES,
            SpaceRecord(
                guid=f"space-{name}", name=name, organization_guid=f"org-{name}", **times()
            ),
            b"{}",
        )
        transaction.insert(
            APPS,
            AppRecord(
                guid=f"app-{name}",
                name=name,
                space_guid=f"space-{name}",
                organization_guid=f"org-{name}",
                lifecycle_data={"buildpacks": [], "stack": "cflinuxfs4"},
                **times(),
            ),
            b"{}",
        )
    for number in range(10):
        transaction.insert(PACKAGES, package(number), f'"p{number}"'.encode())


def package(number: int, **changes: Any) -> PackageRecord:
    given: dict[str, Any] = {
        "guid": f"package-{9 - number}",  # guids descend, so that orders can be told apart
        "app_guid": "app-one",
        "space_guid": "space-one",
        "organization_guid": "org-one",
        "type": "bits" if number % 2 else "docker",
        "state": "READY" if number < 6 else "FAILED",
        **times(number // 2 * 1_000_000 + 250_000),
        **changes,
    }
    return PackageRecord(**given)


@pytest.fixture
async def filled(database: Database) -> Database:
    await database.write(fill)
    return database


@pytest.fixture
async def user(filled: Database) -> Callable[..., Any]:
    """Create a user with one role; return his guid."""

    async def create(name: str, role: Any = None, **place: str) -> str:
        def change(transaction: Transaction) -> str:
            guid = create_user(transaction, name, "secret").guid
            if role:
                grant_role(transaction, guid, role, **place)
            return guid

        return await filled.write(change)

    return create

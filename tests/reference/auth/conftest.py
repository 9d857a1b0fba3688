"""An issuer with a user and two clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cloud_controller.auth import (
    Granted,
    SigningKey,
    TokenIssuer,
    TokenPolicy,
    TokenRequest,
    Verifier,
    create_user,
    load_or_create_key,
)
from cloud_controller.auth.users import create_client
from cloud_controller.store import Database, Transaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ISSUER = "http://127.0.0.1:8181/oauth/token"
CF = "Basic Y2Y6"  # cf with an empty secret


@dataclass
class Issuing:
    """The parts under test."""

    database: Database
    key: SigningKey
    issuer: TokenIssuer
    verifier: Verifier

    async def grant(self, authorization: str | None = CF, **fields: Any) -> Granted:
        return await self.issuer.grant(TokenRequest(**fields), authorization)

    async def login(self, password: str = "s3cret", user: str = "alice") -> Granted:
        return await self.grant(grant_type="password", username=user, password=password)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return load_or_create_key(tmp_path_factory.mktemp("key") / "key.pem")


@pytest.fixture
async def issuing(tmp_path: Path, key: SigningKey) -> AsyncIterator[Issuing]:
    database = await Database.open(f"sqlite:///{tmp_path / 'cc.db'}")

    def fill(transaction: Transaction) -> None:
        create_user(transaction, "alice", "s3cret", email="alice@example.com", guid="alice-guid")
        create_client(transaction, "cf", "", grant_types=("password", "refresh_token"))
        create_client(
            transaction,
            "robot",
            "geheim",
            grant_types=("client_credentials",),
            authorities=("cloud_controller.read",),
        )

    await database.write(fill)
    policy = TokenPolicy(issuer=ISSUER, lockout_failures=3)
    issuer = TokenIssuer(database, key, policy)
    yield Issuing(database, key, issuer, Verifier(database, [key], issuer=ISSUER))
    await database.close()

"""A blob store in a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud_controller.blobs import DirectoryBlobs
from cloud_controller.store import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def blobs(tmp_path: Path) -> DirectoryBlobs:
    return DirectoryBlobs(tmp_path / "blobs")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(f"sqlite:///{tmp_path / 'cc.db'}")
    yield opened
    await opened.close()

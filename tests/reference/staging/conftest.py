"""Small real buildpacks, and stagings with them."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import tarfile
import uuid
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from cloud_controller.domain.staging import BuildpackSource, StagedDroplet, StagingRequest
from cloud_controller.staging import ConfinementError, bubblewrap, discard, stage, unconfined

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cloud_controller.staging import Confinement

RELEASE = "echo 'default_process_types: {web: serve}'"


def zipped(entries: Mapping[str, str | bytes], *, mode: int | None = 0o755) -> bytes:
    """A zip with these files; without a mode, as a zip of another system."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, contents in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 0 if mode is None else 3
            entry.external_attr = 0 if mode is None else (0o100000 | mode) << 16
            archive.writestr(entry, contents)
    return buffer.getvalue()


def scripts(**bodies: str) -> dict[str, str]:
    """The files of a buildpack from the bodies of its scripts."""
    return {f"bin/{name}": f"#!/bin/bash\nset -e\n{body}\n" for name, body in bodies.items()}


def compiling(**bodies: str) -> bytes:
    return zipped(scripts(**{"detect": "exit 0", "compile": ":", "release": RELEASE, **bodies}))


def finalizing(**bodies: str) -> bytes:
    return zipped(
        scripts(
            **{"detect": "exit 0", "supply": ":", "finalize": ":", "release": RELEASE, **bodies}
        )
    )


@dataclass
class Stager:
    """Stages in a directory of its own and remembers what was logged."""

    zipped = staticmethod(zipped)
    scripts = staticmethod(scripts)
    compiling = staticmethod(compiling)
    finalizing = staticmethod(finalizing)

    folder: Path
    confinement: Confinement
    lines: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def request(
        self, *buildpacks: bytes, app: Mapping[str, str | bytes] | bytes, **options: Any
    ) -> StagingRequest:
        build = str(uuid.uuid4())
        package = self.folder / f"{build}.zip"
        package.write_bytes(app if isinstance(app, bytes) else zipped(app, mode=0o644))
        sources = []
        for number, data in enumerate(buildpacks):
            path = self.folder / f"{build}-{number}.zip"
            path.write_bytes(data)
            sources.append(BuildpackSource(f"buildpack-{number}", f"key-{number}", path))
        return StagingRequest(
            **{
                "build_guid": build,
                "package": package,
                "buildpacks": tuple(sources),
                "skip_detect": False,
                "stack": "cflinuxfs4",
                "work_dir": self.folder / "work" / build,
                "cache_dir": self.folder / "cache" / "app" / "stack",
                "timeout_seconds": 60,
                **options,
            }
        )

    def stage(
        self,
        *buildpacks: bytes,
        app: Mapping[str, str | bytes] | bytes | None = None,
        **options: Any,
    ) -> StagedDroplet:
        """Stage, read the droplet into `files`, and leave nothing behind."""
        files = {"index.html": "hello"} if app is None else app
        return asyncio.run(self._stage(self.request(*buildpacks, app=files, **options)))

    async def _stage(self, request: StagingRequest) -> StagedDroplet:
        try:
            droplet = await stage(request, self.confinement, self.log)
            assert droplet.tarball is not None
            with tarfile.open(droplet.tarball) as archive:
                self.files = {
                    entry.name: (found.read() if (found := archive.extractfile(entry)) else b"")
                    for entry in archive
                    if entry.isfile()
                }
        finally:
            await discard(request.work_dir)
        assert not request.work_dir.exists()
        return droplet

    def log(self, stream: str, line: bytes) -> None:
        self.lines.append((stream, line.decode(errors="replace")))

    @property
    def said(self) -> list[str]:
        return [line for _, line in self.lines]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # As the server's data directory: nobody else may look into it.
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    return data


@pytest.fixture
def stager(folder: Path) -> Stager:
    """Stagings in the sandbox."""
    try:
        return Stager(folder, bubblewrap(network=False, hidden=folder))
    except ConfinementError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture
def bare(folder: Path) -> Stager:
    """Stagings without a sandbox."""
    if shutil.which("prlimit") is None:
        pytest.skip("prlimit is not installed")
    return Stager(folder, unconfined())

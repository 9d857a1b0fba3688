"""Which scripts of which buildpacks make a droplet of an app, and in which order?

The real lifecycle's rules: without a choice, the first buildpack whose `bin/detect` succeeds; with
one, all but the last supply dependencies, and the last one finishes the app.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cloud_controller.domain.staging import StagedBuildpack, StagingErrorId, StagingFailedError
from cloud_controller.staging import process_types
from cloud_controller.staging.grounds import remove
from cloud_controller.staging.process_types import DescriptionError
from cloud_controller.staging.running import ERR

if TYPE_CHECKING:
    from pathlib import Path

    from cloud_controller.staging.running import Scripts

FAILED: Final = "staging failed"
NO_PROCESS_TYPES: Final = "No process types returned from stager"

_DETECT: Final = "None of the buildpacks detected a compatible application"
_SUPPLY: Final = "Failed to run all supply scripts"
_NO_SUPPLY: Final = "Error: one of the buildpacks chosen to supply dependencies does not support multi-buildpack apps"
_NO_FINALIZE: Final = (
    "Warning: the last buildpack is not compatible with multi-buildpack apps and cannot make use of"
    " any dependencies supplied by the buildpacks specified before it"
)
_COMPILE: Final = "Failed to compile droplet"
_FINALIZE: Final = "Failed to run finalize script"
_RELEASE: Final = "Failed to build droplet release"
_STATUS: Final = {
    StagingErrorId.NO_APP_DETECTED: 222,
    StagingErrorId.COMPILE_FAILED: 223,
    StagingErrorId.RELEASE_FAILED: 224,
}
_SUPPLY_STATUS: Final = 225


@dataclass(frozen=True, slots=True)
class Buildpack:
    """A buildpack ready for use; `directory` is the one with `bin` in it, if there is one."""

    name: str
    key: str
    directory: Path | None

    def script(self, name: str) -> Path | None:
        """Return a script, or `None` if the buildpack lacks it."""
        path = self.directory / "bin" / name if self.directory else None
        return path if path is not None and path.is_file() else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the scripts made of the app, besides its files."""

    buildpacks: tuple[StagedBuildpack, ...]
    process_types: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The buildpack that finishes the app, its place among the dependencies, and its words."""

    buildpack: Buildpack
    index: str
    detected: str = ""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """One run of the scripts."""

    scripts: Scripts
    buildpacks: tuple[Buildpack, ...]
    skip_detect: bool

    async def run(self) -> Outcome:
        """Stage the app.

        Raises:
            StagingFailedError: No buildpack would or could.

        """
        suppliers = self.buildpacks[:-1] if self.skip_detect else ()
        chosen = await self._supplied(suppliers) if self.skip_detect else await self._detected()
        await self._finish(chosen, alone=not suppliers)
        types = await self._process_types(chosen, len(suppliers))
        if not types:
            raise StagingFailedError(StagingErrorId.STAGING_ERROR, NO_PROCESS_TYPES)
        if not types.get("web"):
            self._complain("No start command specified by buildpack or via Procfile.")
            self._complain("App will not start unless a command is provided at runtime.")
        used = self.buildpacks if self.skip_detect else (chosen.buildpack,)
        return Outcome(await asyncio.to_thread(self._staged, used, chosen), types)

    async def _detected(self) -> _Chosen:
        for buildpack in self.buildpacks:
            detect = buildpack.script("detect")
            if buildpack.directory is None:
                self._complain(_malformed(buildpack))
            if detect is None:
                continue
            ended = await self.scripts.run(detect, self.scripts.grounds.app, capture=True)
            if ended.status == 0:
                self._make_index("0")
                said = ended.output.decode(errors="replace").rstrip("\r\n")
                return _Chosen(buildpack, "0", said)
        raise self._failure(StagingErrorId.NO_APP_DETECTED, _DETECT)

    async def _supplied(self, suppliers: tuple[Buildpack, ...]) -> _Chosen:
        for buildpack in suppliers:
            if buildpack.directory is None:
                self._complain(_malformed(buildpack))
                raise self._supply_failure(_SUPPLY)
            if buildpack.script("supply") is None:
                raise self._supply_failure(_NO_SUPPLY)
        grounds = self.scripts.grounds
        for position, buildpack in enumerate(suppliers):
            cache = grounds.cache / cache_name(buildpack.key)
            if not await self._supply(buildpack, cache, self._index(position)):
                raise self._supply_failure(_SUPPLY)
        final = self.buildpacks[-1]
        if final.directory is None:
            self._complain(_malformed(final))
            raise self._supply_failure(_SUPPLY)
        index = self._index(len(suppliers))
        self._make_index(index)
        return _Chosen(final, index)

    async def _supply(self, buildpack: Buildpack, cache: Path, index: str) -> bool:
        script = buildpack.script("supply")
        if script is None:
            return False
        self._make_index(index)
        self.scripts.make(cache)
        grounds = self.scripts.grounds
        ended = await self.scripts.run(script, grounds.app, cache, grounds.dependencies, index)
        return ended.status == 0

    async def _finish(self, chosen: _Chosen, *, alone: bool) -> None:
        grounds, buildpack = self.scripts.grounds, chosen.buildpack
        cache = grounds.cache / "final"
        self.scripts.make(cache)
        finalize, compiling = buildpack.script("finalize"), buildpack.script("compile")
        if finalize is not None:
            if buildpack.script("supply") and not await self._supply(
                buildpack, cache, chosen.index
            ):
                raise self._failure(StagingErrorId.COMPILE_FAILED, f"{_COMPILE}: {_SUPPLY}")
            ended = await self.scripts.run(
                finalize, grounds.app, cache, grounds.dependencies, chosen.index, grounds.profile
            )
            if ended.status != 0:
                raise self._failure(
                    StagingErrorId.COMPILE_FAILED,
                    f"{_COMPILE}: {_FINALIZE}: exit status {ended.status}",
                )
            return
        if not alone:
            self._complain(_NO_FINALIZE)
        self._forget_index(chosen.index)  # a compiling buildpack does not know of it
        if compiling is None:
            raise self._failure(
                StagingErrorId.COMPILE_FAILED, f"{_COMPILE}: there is no bin/compile"
            )
        ended = await self.scripts.run(compiling, grounds.app, cache)
        if ended.status != 0:
            raise self._failure(
                StagingErrorId.COMPILE_FAILED, f"{_COMPILE}: exit status {ended.status}"
            )

    async def _process_types(self, chosen: _Chosen, suppliers: int) -> dict[str, str]:
        grounds = self.scripts.grounds
        try:
            found: dict[str, str] = {}
            for position in range(suppliers):
                found |= await self._launched(self._index(position)) or {}
            launched = await self._launched(chosen.index)
            found |= await self._released(chosen.buildpack) if launched is None else launched
            return found | await asyncio.to_thread(process_types.of_procfile, grounds.app)
        except DescriptionError as error:
            self._complain(f"Failed to read command from Procfile: {error}")
            self._complain("Exit status 1")
            raise StagingFailedError(StagingErrorId.STAGING_ERROR, FAILED) from error

    async def _launched(self, index: str) -> dict[str, str] | None:
        return await asyncio.to_thread(
            process_types.launched, self.scripts.grounds.dependencies, index
        )

    async def _released(self, buildpack: Buildpack) -> dict[str, str]:
        script = buildpack.script("release")
        if script is None:
            raise self._failure(
                StagingErrorId.RELEASE_FAILED, f"{_RELEASE}: there is no bin/release"
            )
        ended = await self.scripts.run(script, self.scripts.grounds.app, capture=True)
        if ended.status != 0:
            raise self._failure(
                StagingErrorId.RELEASE_FAILED, f"{_RELEASE}: exit status {ended.status}"
            )
        try:
            return await asyncio.to_thread(process_types.released, ended.output)
        except DescriptionError as error:
            raise self._failure(
                StagingErrorId.RELEASE_FAILED, f"{_RELEASE}: buildpack's release output invalid"
            ) from error

    def _staged(self, used: tuple[Buildpack, ...], chosen: _Chosen) -> tuple[StagedBuildpack, ...]:
        found = []
        for position, buildpack in enumerate(used):
            text = process_types.contents(
                self.scripts.grounds.dependencies, self._index(position), "config.yml"
            )
            name, version = _said(text)
            detected = (name or chosen.detected) if buildpack is chosen.buildpack else None
            found.append(StagedBuildpack(buildpack.name, detected, name, version))
        return tuple(found)

    def _index(self, position: int) -> str:
        """Return a buildpack's number, with as many digits as the last one's has."""
        last = len(self.buildpacks) - 1 if self.skip_detect else 0
        return str(position).zfill(len(str(last)))

    def _forget_index(self, index: str) -> None:
        path = self.scripts.grounds.dependencies / index
        if self.scripts.grounds.is_own(path):
            remove(path)

    def _make_index(self, index: str) -> None:
        self.scripts.make(self.scripts.grounds.dependencies / index)

    def _complain(self, text: str) -> None:
        self.scripts.log(ERR, text.encode())

    def _failure(self, error: StagingErrorId, text: str) -> StagingFailedError:
        self._complain(text)
        self._complain(f"Exit status {_STATUS[error]}")
        return StagingFailedError(error)

    def _supply_failure(self, text: str) -> StagingFailedError:
        # The real Cloud Controller has no name for this one.
        self._complain(text)
        self._complain(f"Exit status {_SUPPLY_STATUS}")
        return StagingFailedError(StagingErrorId.STAGING_ERROR, FAILED)


def cache_name(key: str) -> str:
    """Return the name of the cache directory of a buildpack that supplies dependencies."""
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


def _malformed(buildpack: Buildpack) -> str:
    return f"malformed buildpack does not contain a /bin dir: {buildpack.key}"


def _said(config: bytes | None) -> tuple[str | None, str | None]:
    """Return name and version of a buildpack's config.yml, if it says them."""
    try:
        found = process_types.parsed(config or b"")
    except DescriptionError:
        return None, None
    if not isinstance(found, dict):
        return None, None
    name, version = found.get("name"), found.get("version")
    return (str(name) if name else None), (str(version) if version else None)

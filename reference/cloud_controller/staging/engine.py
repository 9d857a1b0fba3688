"""How does a package become a droplet?"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final, TypeVar

from cloud_controller.domain.staging import (
    BuildpackSource,
    StagedDroplet,
    StagingErrorId,
    StagingFailedError,
    StagingRequest,
)
from cloud_controller.staging import cache, tarball, usage
from cloud_controller.staging.confinement import MARK, Limits
from cloud_controller.staging.grounds import Grounds, remove
from cloud_controller.staging.lifecycle import FAILED, Buildpack, Lifecycle, cache_name
from cloud_controller.staging.running import ERR, OUT, Scripts
from cloud_controller.staging.tarball import TarballError, Written
from cloud_controller.staging.unpacking import (
    Bounds,
    UnpackingError,
    make_programs_executable,
    unpack,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cloud_controller.staging.confinement import Confinement
    from cloud_controller.staging.lifecycle import Outcome
    from cloud_controller.staging.running import Log

ResultT = TypeVar("ResultT")

_MEBI: Final = 1024 * 1024
_MAX_ENTRIES: Final = 250_000
_BUILDPACK: Final = Bounds(_MAX_ENTRIES, 8 * 1024 * _MEBI)
"""Buildpacks bring runtimes along; what an app may take on disk is another matter."""


async def stage(request: StagingRequest, confinement: Confinement, log: Log) -> StagedDroplet:
    """Make a droplet of a package.

    The droplet's tarball lies in `request.work_dir`, which the caller removes with `discard`, also
    after a failure. Cancelling ends all scripts before it returns.

    Args:
        request: The package, the buildpacks and what bounds the work.
        confinement: What holds the scripts.
        log: Gets each line: its stream, `OUT` or `ERR`, and its bytes.

    Raises:
        StagingFailedError: There is no droplet, and why. The log says more.

    """
    grounds = Grounds(request.work_dir.resolve())
    try:
        async with asyncio.timeout(request.timeout_seconds):
            return await _stage(request, grounds, confinement, log)
    except TimeoutError as error:
        log(ERR, b"Killed: staging took longer than it may")
        raise StagingFailedError(StagingErrorId.TIME_EXPIRED, FAILED) from error
    except (UnpackingError, TarballError) as error:
        log(ERR, str(error).encode())
        raise StagingFailedError(StagingErrorId.STAGING_ERROR, FAILED) from error


async def discard(work_dir: Path) -> None:
    """Remove what a staging left behind."""
    await _in_thread(lambda: remove(work_dir))


def clear(stagings: Path) -> None:
    """Remove what a server that died left of its stagings: processes and directories.

    Sandboxes end with their server; scripts without one may go on and are found by their mark.
    """
    if stagings.is_dir():
        usage.kill_marked([f"{MARK}={stagings.resolve()}/".encode()])
        remove(stagings)


async def _stage(
    request: StagingRequest, grounds: Grounds, confinement: Confinement, log: Log
) -> StagedDroplet:
    user = confinement.user(request.build_guid)
    limits = Limits(
        memory=request.memory_mb * _MEBI,
        disk=request.disk_mb * _MEBI,
        cpu=math.ceil(request.timeout_seconds) + 1,
    )
    buildpacks = await _in_thread(lambda: _prepare(request, grounds, user))
    log(OUT, b"Unpacked app package")
    environment = _passable(request.environment, log)
    scripts = Scripts(confinement, grounds, limits, environment, user, log)
    outcome = await Lifecycle(scripts, buildpacks, request.skip_detect).run()
    excess = await _in_thread(scripts.excess_of_disk)
    if excess is not None:
        log(ERR, excess.encode())
        raise StagingFailedError(StagingErrorId.STAGING_ERROR, FAILED)
    log(OUT, b"Exit status 0")
    written = await _in_thread(lambda: _write(grounds, outcome, limits.disk))
    if grounds.cache.is_dir() and grounds.is_own(grounds.cache):
        await _in_thread(lambda: cache.keep(grounds.cache, request.cache_dir))
    return StagedDroplet(
        tarball=grounds.droplet,
        sha1=written.sha1,
        sha256=written.sha256,
        size=written.size,
        buildpacks=outcome.buildpacks,
        process_types=outcome.process_types,
    )


def _prepare(request: StagingRequest, grounds: Grounds, user: int | None) -> tuple[Buildpack, ...]:
    grounds.make()
    bounds = Bounds(_MAX_ENTRIES, request.disk_mb * _MEBI)
    try:
        unpack(request.package, grounds.app, bounds)
    except UnpackingError as error:
        raise UnpackingError(f"The app package cannot be unpacked: {error}") from error
    buildpacks = tuple(_unpacked(source, grounds) for source in request.buildpacks)
    cache.fetch(request.cache_dir, grounds.cache)
    _keep_only(grounds.cache, request)
    if user is not None:
        grounds.give_to(user)
    return buildpacks


def _unpacked(source: BuildpackSource, grounds: Grounds) -> Buildpack:
    directory = grounds.buildpacks / cache_name(source.key)
    directory.mkdir(mode=0o755, exist_ok=True)
    try:
        unpack(source.path, directory, _BUILDPACK)
    except UnpackingError as error:
        raise UnpackingError(f"Buildpack {source.name} cannot be unpacked: {error}") from error
    found = _with_programs(directory)
    if found is not None:
        make_programs_executable(found)
    return Buildpack(source.name, source.key, found)


def _with_programs(directory: Path) -> Path | None:
    """Return the directory or the only one in it, whichever has `bin`."""
    below = list(directory.iterdir())
    for path in [directory, *below] if len(below) == 1 else [directory]:
        if (path / "bin").is_dir() and not path.is_symlink():
            return path
    return None


def _keep_only(directory: Path, request: StagingRequest) -> None:
    """Forget what buildpacks kept that take no part now."""
    suppliers = request.buildpacks[:-1] if request.skip_detect else ()
    wanted = {"final", *(cache_name(source.key) for source in suppliers)}
    for path in list(directory.iterdir()):
        if path.name not in wanted:
            remove(path)


def _write(grounds: Grounds, outcome: Outcome, limit: int) -> Written:
    last = outcome.buildpacks[-1]
    return tarball.write(
        grounds,
        detected=last.detect_output or last.buildpack_name or "",
        start_command=outcome.process_types.get("web", ""),
        limit=limit,
    )


def _passable(environment: Mapping[str, str], log: Log) -> dict[str, str]:
    """Leave out variables that no process can have."""
    passable = {}
    for name, value in environment.items():
        try:
            whole = f"{name}={value}".encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            whole = b"\0"
        if b"\0" in whole or not name or "=" in name:
            log(ERR, f"The environment variable {name!a} was left out".encode())
        else:
            passable[name] = value
    return passable


async def _in_thread(work: Callable[[], ResultT]) -> ResultT:
    """Do slow work in a thread; when cancelled, wait until the thread is done with it."""
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise

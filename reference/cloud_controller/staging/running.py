"""How does a script run, line by line, within its limits?"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cloud_controller.staging import usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from cloud_controller.staging.confinement import Command, Confinement, Limits
    from cloud_controller.staging.grounds import Grounds

    Log: TypeAlias = Callable[[str, bytes], None]

OUT: Final = "OUT"
ERR: Final = "ERR"

_CHUNK: Final = 64 * 1024
_MAX_LINE: Final = 16 * 1024
_MAX_CAPTURED: Final = 1024 * 1024
_MAX_ENTRIES: Final = 1_000_000
_WATCH_SECONDS: Final = 0.2
_DISK_EVERY: Final = 5  # looks at processes for one look at the disk
_DRAIN_SECONDS: Final = 2.0
_END_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a script ended; `output` holds what it printed if that was asked for."""

    status: int
    output: bytes = b""


@dataclass(frozen=True, slots=True)
class Scripts:
    """Runs the scripts of one staging, one after the other."""

    confinement: Confinement
    grounds: Grounds
    limits: Limits
    environment: Mapping[str, str]
    user: int | None
    log: Log

    async def run(self, script: Path, *arguments: Path | str, capture: bool = False) -> Ended:
        """Run a script and wait for it; cancelling ends it with all that it started.

        Args:
            script: The script, below the grounds.
            arguments: Its arguments; paths are passed as the script sees them.
            capture: Return what it prints instead of logging it.

        """
        seen = [self._seen(part) for part in (script, *arguments)]
        command = self.confinement.command(
            self.grounds, self.limits, seen, self.environment, self.user
        )
        printed = _Lines(OUT, self.log, keep=capture)
        complained = _Lines(ERR, self.log, keep=False)
        async with _started(command) as process:
            watching = asyncio.create_task(self._watch(process.pid, command.end))
            reading = [
                asyncio.create_task(_read(process.stdout, printed)),
                asyncio.create_task(_read(process.stderr, complained)),
            ]
            try:
                status = await process.wait()
                # What a background process still holds open must not keep us.
                await asyncio.wait(reading, timeout=_DRAIN_SECONDS)
            finally:
                for task in (watching, *reading):
                    task.cancel()
                await asyncio.gather(watching, *reading, return_exceptions=True)
        printed.end()
        complained.end()
        return Ended(status, bytes(printed.kept))

    def make(self, directory: Path) -> None:
        """Make a directory for the scripts, unless it is there or they put something in its way."""
        if not self.grounds.is_own(directory):
            return
        with suppress(OSError):
            directory.mkdir(mode=0o755)
            if self.user is not None:
                os.chown(directory, self.user, self.user, follow_symlinks=False)

    def _seen(self, part: Path | str) -> str:
        return part if isinstance(part, str) else self.confinement.seen(self.grounds, part)

    async def _watch(self, process: int, end: Callable[[int], None]) -> None:
        """End the script when it takes more than it may."""
        looks = 0
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            excess = await asyncio.to_thread(self._excess_of_processes, process)
            if excess is None and looks % _DISK_EVERY == 0:
                excess = await asyncio.to_thread(self.excess_of_disk)
            if excess is not None:
                self.log(ERR, excess.encode())
                end(process)
                return
            looks += 1

    def _excess_of_processes(self, process: int) -> str | None:
        taken = usage.of_processes(process)
        if taken.hidden > self.limits.disk:
            return self._too_large()
        if taken.memory > self.limits.memory:
            return f"Killed: the memory limit of {self.limits.memory >> 20} MB was exceeded"
        if taken.processes > self.limits.processes:
            return f"Killed: the limit of {self.limits.processes} processes was exceeded"
        return None

    def excess_of_disk(self) -> str | None:
        """Return what to say when the scripts have written too much."""
        try:
            taken = usage.of_directories(self.grounds.writable)
        except OSError as error:
            return f"Killed: the use of the disk cannot be told: {error.strerror}"
        if not taken.countable:
            return "Killed: directories are nested too deep"
        if taken.size > self.limits.disk:
            return self._too_large()
        if taken.entries > _MAX_ENTRIES:
            return f"Killed: the limit of {_MAX_ENTRIES} files was exceeded"
        return None

    def _too_large(self) -> str:
        return f"Killed: the disk limit of {self.limits.disk >> 20} MB was exceeded"


class _Lines:
    """Makes bounded lines of chunks and logs or keeps them."""

    def __init__(self, stream: str, log: Log, *, keep: bool) -> None:
        self._stream = stream
        self._log = log
        self._keep = keep
        self._rest = b""
        self.kept = bytearray()

    def feed(self, chunk: bytes) -> None:
        if self._keep:
            self.kept += chunk[: _MAX_CAPTURED - len(self.kept)]
            return
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            self._send(line)
        if len(self._rest) > _MAX_LINE:
            self._send(self._rest)
            self._rest = b""

    def end(self) -> None:
        if self._rest:
            self._send(self._rest)
            self._rest = b""

    def _send(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        for start in range(0, len(line), _MAX_LINE):
            self._log(self._stream, line[start : start + _MAX_LINE])


async def _read(stream: asyncio.StreamReader | None, lines: _Lines) -> None:
    while stream is not None and (chunk := await stream.read(_CHUNK)):
        lines.feed(chunk)


@asynccontextmanager
async def _started(command: Command) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a command; at the end of the block nothing of it runs any more."""
    reading, writing = os.pipe()
    try:
        arguments = [
            part.format(options=reading) if part == "{options}" else part
            for part in command.arguments
        ]
        process = await asyncio.create_subprocess_exec(
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(command.environment),
            cwd=command.directory,
            pass_fds=(reading,) if command.options else (),
            start_new_session=True,
        )
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    try:
        await asyncio.to_thread(_write_all, writing, command.options)
        yield process
    finally:
        await _gone(process, command.end)


def _write_all(descriptor: int, data: bytes) -> None:
    with open(descriptor, "wb") as pipe, suppress(BrokenPipeError):
        pipe.write(data)


async def _gone(process: asyncio.subprocess.Process, end: Callable[[int], None]) -> None:
    """End a process and its kin, and wait until they are gone, also while being cancelled."""
    if process.returncode is None:
        end(process.pid)
    waiting = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait_for(asyncio.shield(waiting), _END_SECONDS)
    except TimeoutError:
        usage.kill_group(process.pid)
        await waiting
    usage.kill_group(process.pid)  # what a script left behind where nothing else ends it

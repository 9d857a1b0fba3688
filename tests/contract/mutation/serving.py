"""How does a changed server run in a process of its own, and how is it killed and started again?

The process that asks the questions never imports the server: it forks one that does. So a server
can hang, die or be killed, and what it kept in memory is really lost.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from mutation import changed_import
from mutation.checks import NODE
from mutation.tracing import Tracer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_START_SECONDS: Final = 30.0
_BACKLOG: Final = 128


class CannotStart(Exception):  # noqa: N818 -- what happened to the server, not to us
    """The server does not come up, or nobody can log in; the text says why."""


class ServerProcess:
    """A server on an address of its own.

    Attributes:
        url: Its address; stays the same when it is started again.
        unused: Changed modules that it has not imported when it is up.
        modules: Names of all that it has imported when it is up.

    """

    def __init__(
        self,
        folder: Path,
        sources: Mapping[str, str],
        settings: Mapping[str, Any],
        trace: Path | None = None,
    ) -> None:
        """Take an address.

        Args:
            folder: Its data directory is `data` below it; its log goes to `server.log`.
            sources: Changed sources by module.
            settings: Of the server, beside the data directory and the address.
            trace: Where to write which functions worked for which operations.

        """
        self._folder = folder
        self._sources = sources
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        self._settings = {**settings, "port": self._listening.getsockname()[1]}
        self._trace = trace
        self._process = 0
        self.url = f"http://127.0.0.1:{self._settings['port']}"
        self.unused: list[str] = []
        self.modules: list[str] = []

    def start(self) -> None:
        """Start it and wait until it serves.

        Raises:
            CannotStart: It does not.

        """
        reading, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(reading)
            self._serve(writing)
        os.close(writing)
        try:
            said = _read_all(reading)
        finally:
            os.close(reading)
        if said is None:
            raise CannotStart(f"not up within {_START_SECONDS:g} s")
        if not said:
            raise CannotStart(self._last_words())
        told = json.loads(said)
        if "problem" in told:
            raise CannotStart(told["problem"])
        self.unused, self.modules = told["unused"], told["modules"]

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it: at once, or as the signal says."""
        if self._process:
            with suppress(ProcessLookupError):
                os.kill(self._process, number)
            os.waitpid(self._process, 0)
            self._process = 0

    def restart(self) -> None:
        """Kill it as a power cut would, and start it again on what it stored.

        Raises:
            CannotStart: It does not come up again.

        """
        self.kill()
        self.start()

    def hamper(self, is_short: bool) -> None:
        """Let it write nothing more to any file, as if the disk were full; or let it again."""
        most = 0 if is_short else resource.RLIM_INFINITY
        resource.prlimit(self._process, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

    def _serve(self, writing: int) -> None:
        status = 1
        try:
            log = os.open(self._folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            for descriptor in (1, 2):
                os.dup2(log, descriptor)
            logging.basicConfig(level=logging.ERROR, stream=sys.stderr, force=True)
            self._serve_here(writing)
            status = 0
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it is what happened
            traceback.print_exc()
            problem = f"{type(error).__name__}: {error}"
            with suppress(OSError):
                os.write(writing, json.dumps({"problem": problem}).encode())
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _serve_here(self, writing: int) -> None:
        finder = changed_import.install(self._sources)
        # After the changes are in place, and never in the process that asks the questions.
        from cloud_controller import app  # noqa: PLC0415
        from cloud_controller.settings import Settings  # noqa: PLC0415

        settings = Settings(data=self._folder / "data", strict=False, **self._settings)
        served: Any = app.create(settings)
        tracer = Tracer(served, NODE, self._trace) if self._trace else None
        config = uvicorn.Config(
            tracer or served, lifespan="on", ws="none", access_log=False, log_config=None
        )

        def up() -> None:
            unused = sorted(set(self._sources) - finder.imported)
            told = {"unused": unused, "modules": [*sys.modules]}
            with os.fdopen(writing, "w") as pipe:
                pipe.write(json.dumps(told))

        def down() -> None:
            if tracer is not None:
                tracer.write()

        _Announced(config, up, down).run(sockets=[self._listening])

    def _last_words(self) -> str:
        lines = (self._folder / "server.log").read_text("utf-8", "replace").splitlines()
        errors = [line for line in lines if line and not line.startswith(" ") and "Error" in line]
        return (errors or lines or ["it ended without a word"])[-1][:500]


class _Announced(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, up: Callable[[], None], down: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._up, self._down = up, down

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._up()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._down()


def _read_all(pipe: int) -> bytes | None:
    """Return what is written until the end; None when nothing comes for too long."""
    said = bytearray()
    while select.select([pipe], [], [], _START_SECONDS)[0]:
        data = os.read(pipe, 1 << 16)
        if not data:
            return bytes(said)
        said += data
    return None

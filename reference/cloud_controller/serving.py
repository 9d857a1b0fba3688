"""How does the server come up, announce itself and end?"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from cloud_controller.installation import InstallationError, prepare
from cloud_controller.settings import DEFAULT_ADMIN, bracketed

if TYPE_CHECKING:
    from cloud_controller.app import CloudController
    from cloud_controller.installation import Installation
    from cloud_controller.settings import Settings

LOG = logging.getLogger("cloud_controller")

_BACKLOG = 2048
_GRACE_SECONDS = 10


class ServingError(Exception):
    """The server cannot start, for a reason outside this program; the text is one line."""


def run(settings: Settings, *, verbose: bool = False) -> None:
    """Serve until a signal ends it.

    Raises:
        ServingError: The address is taken, or the data directory cannot be used.

    """
    listening = bind(settings)
    settings = replace(settings, port=listening.getsockname()[1])
    try:
        installation = asyncio.run(prepare(settings))
    except InstallationError as error:
        listening.close()
        raise ServingError(str(error)) from error
    try:
        listening.listen(_BACKLOG)  # from here on clients wait instead of being refused
        announce(settings, installation)
        config = configuration(replace(settings, prepared=True), verbose=verbose)
        if settings.workers == 1:
            _serve_here(config, listening)
        else:
            Multiprocess(config, sockets=[listening]).run()
    finally:
        listening.close()
        installation.release()


def bind(settings: Settings) -> socket.socket:
    """Take the address; port 0 becomes a free one.

    Raises:
        ServingError: It is in use, unknown or not allowed.

    """
    place = f"{bracketed(settings.host)}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    taken = socket.socket(family)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, settings.port))
    except (OSError, UnicodeError) as error:
        taken.close()
        reason = error.strerror if isinstance(error, OSError) else "not a host name"
        raise ServingError(f"cannot listen on {place}: {reason}") from error
    return taken


def configuration(settings: Settings, *, verbose: bool) -> uvicorn.Config:
    """Return how uvicorn runs the application; the value can be sent to worker processes."""
    level = "info" if verbose or sys.stderr.isatty() else "warning"
    return uvicorn.Config(
        partial(worker_app, settings),
        factory=True,
        workers=settings.workers,
        lifespan="on",
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=verbose,
        log_level=level,
        log_config=_logging(level),
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def worker_app(settings: Settings) -> CloudController:
    """Create the application in a server process; a worker ends when its supervisor dies."""
    from cloud_controller import app  # noqa: PLC0415 -- heavy; a supervisor does not need it

    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=follow, name="supervisor watch", daemon=True).start()
    return app.create(settings)


def _serve_here(config: uvicorn.Config, listening: socket.socket) -> None:
    server = uvicorn.Server(config)

    def end(_: int, __: object) -> None:
        server.should_exit = True

    # uvicorn sends itself a signal again once it has ended; with these that ends nothing twice,
    # and a stop is a success.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(2)


def announce(settings: Settings, installation: Installation) -> None:
    """Say where the server listens and how to use it; the first line is for programs."""
    lines = [f"Listening on http://{bracketed(settings.host)}:{settings.port}", ""]
    admin = (settings.admin_user, settings.admin_password)
    known = installation.default_password and admin[0] == DEFAULT_ADMIN[0]
    password = DEFAULT_ADMIN[1] if known else "PASSWORD"
    if installation.first_start:
        lines += [*_created(admin), ""]
    lines += [*_how_to_log_in(settings, admin[0], password), ""]
    url = settings.base_url
    lines += [
        f"Docs: {url}/docs",
        f"Data: {settings.data.absolute()}",
    ]
    lines += [
        f"WARNING: the bits of {key.namespace}/{key.name} are missing"
        for key in installation.sweep.missing
    ]
    if installation.staging_problem is not None:
        lines.append(f"WARNING: {installation.staging_problem}")
    try:
        print("\n".join(lines), flush=True)  # noqa: T201 -- this is the command's output
    except BrokenPipeError:  # nobody listens to us; clients may all the same
        sys.stdout = None


def _how_to_log_in(settings: Settings, name: str, password: str) -> list[str]:
    url = settings.base_url
    if settings.uaa:
        return [
            f"Tokens come from {settings.uaa}. Log in:",
            f"  cf api {url} --skip-ssl-validation",
            "  cf login",
        ]
    form = f"-d grant_type=password -d username={name} -d password={password}"
    return [
        "Log in:",
        f"  cf api {url} --skip-ssl-validation",
        f"  cf auth {name} {password}",
        f"  curl -s -u cf: {form} {url}/oauth/token",
    ]


def _created(admin: tuple[str, str]) -> list[str]:
    if admin == DEFAULT_ADMIN:
        return [
            "*** First start: created the administrator  admin  with the password  admin",
            "*** Everybody who reaches this address can log in with it. Choose your own with",
            "*** CLOUD_CONTROLLER_ADMIN_USER and CLOUD_CONTROLLER_ADMIN_PASSWORD.",
        ]
    return [f"First start: created the administrator {admin[0]} with the password that you chose."]


def _logging(level: str) -> dict[str, Any]:
    shown = level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            **{
                name: {"level": shown}
                for name in ("uvicorn", "uvicorn.access", "cloud_controller", "specfoundry")
            },
            # It warns of every malformed body; the client is told, and that is enough.
            "python_multipart": {"level": "ERROR"},
        },
    }

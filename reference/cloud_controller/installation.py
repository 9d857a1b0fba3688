"""What must be in place before a server can start?

One data directory belongs to one server (with all its workers) at a time. `prepare` takes hold of
it, brings the database to the present version, makes the token key, creates what the first start
creates, frees the jobs of a server that died, and removes blobs that belong to nothing.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from cloud_controller import jobs, staging
from cloud_controller.api import audit, log_rows
from cloud_controller.auth.keys import KeyUnusableError, load_or_create_key
from cloud_controller.auth.passwords import verify_password
from cloud_controller.auth.users import (
    ADMIN_SCOPES,
    OWN_ORIGIN,
    create_client,
    create_user,
    find_by_name,
)
from cloud_controller.blobs import BlobError, DirectoryBlobs, open_blobs, sweep
from cloud_controller.blobs.opening import directory_of
from cloud_controller.present.again import present_again
from cloud_controller.present.domains import domain as present_domain
from cloud_controller.present.stacks import stack as present_stack
from cloud_controller.settings import DEFAULT_ADMIN
from cloud_controller.store import (
    STACKS,
    Database,
    DatabaseUnusableError,
    Metadata,
    StackRecord,
    StoreError,
    clock,
)
from cloud_controller.store.entities import CLIENTS, DOMAINS, USERS
from cloud_controller.store.records import DomainRecord
from cloud_controller.store.sqlite import path_of

if TYPE_CHECKING:
    from pathlib import Path

    from cloud_controller.blobs import Sweep
    from cloud_controller.settings import Settings
    from cloud_controller.store import Reader, Transaction

KEY_FILE = "token-key.pem"
STACK = "cflinuxfs4"

_LOCK_FILE = "lock"


class InstallationError(Exception):
    """The data directory cannot be used; the text is one line fit for an operator."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A data directory that is ready and held.

    Attributes:
        first_start: Whether user and stack were created just now.
        default_password: Whether `admin` can log in with `admin`.
        sweep: What was found among the blobs.
        staging_problem: Why buildpacks cannot run although the operator wants it, if so.

    """

    lock: int
    first_start: bool
    default_password: bool
    sweep: Sweep
    staging_problem: str | None

    def release(self) -> None:
        """Let another server have the data directory."""
        os.close(self.lock)


async def prepare(settings: Settings) -> Installation:
    """Take hold of the data directory and make it ready.

    Raises:
        InstallationError: It cannot be used, or another server uses it. Nothing was overwritten.

    """
    try:
        _make_directories(settings)
        lock = _take_lock(settings.data / _LOCK_FILE)
        try:
            return await _prepare_held(settings, lock)
        except BaseException:
            os.close(lock)
            raise
    except (StoreError, BlobError, KeyUnusableError) as error:
        raise InstallationError(str(error)) from error


def _make_directories(settings: Settings) -> None:
    data = settings.data
    if not data.absolute().parent.is_dir():
        raise InstallationError(f"data directory {data}: {data.absolute().parent} does not exist")
    try:
        data.mkdir(mode=0o700, exist_ok=True)
        settings.uploads.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise InstallationError(f"data directory {data}: {error.strerror}") from error
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise InstallationError(f"data directory {data}: no permission to read and write it")


def _take_lock(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise InstallationError(f"data directory {path.parent}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InstallationError(
            f"data directory {path.parent}: another cloud-controller is using it"
        ) from None
    return descriptor


async def _prepare_held(settings: Settings, lock: int) -> Installation:
    _refuse_lost_database(settings)
    blobs = open_blobs(settings.blobs_url)
    database = await Database.open(settings.database_url)
    try:
        load_or_create_key(settings.data / KEY_FILE)
        first_start = await database.write(lambda transaction: _populate(transaction, settings))
        await database.write(present_again)
        await database.write(jobs.recover)
        await database.write(jobs.prune)
        for left in settings.uploads.iterdir():  # what requests and jobs were about to read
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
        await database.write(log_rows.prune)
        await database.write(audit.prune)
        await asyncio.to_thread(staging.clear, settings.stagings)
        if isinstance(blobs, DirectoryBlobs):
            blobs.forget_arriving()
        default_password = await database.read(_has_default_password)
        problem = await asyncio.to_thread(_staging_problem, settings)
        return Installation(
            lock, first_start, default_password, await sweep(database, blobs), problem
        )
    finally:
        await database.close()


def _staging_problem(settings: Settings) -> str | None:
    """Try the sandbox; return why it does not work."""
    if settings.staging == "off":
        return None
    found = staging.confine(
        settings.staging, network=settings.staging_network, hidden=settings.data
    )
    return found if isinstance(found, str) else None


def _refuse_lost_database(settings: Settings) -> None:
    """Refuse to begin anew beside the blobs of a database that is gone: they would be removed."""
    path = path_of(settings.database_url)
    if path.exists() and path.stat().st_size:
        return
    blobs = directory_of(settings.blobs_url)
    if any(found.is_file() for found in blobs.glob("[!.]*/*/*/*")):
        raise DatabaseUnusableError(f"database {path}: it is missing, but {blobs} holds its blobs")


def _populate(transaction: Transaction, settings: Settings) -> bool:
    """Create what a first start creates; return whether this was one."""
    if not transaction.first(DOMAINS):  # also where an older release began
        _make_domain(transaction, settings.apps_domain_name)
    begun = transaction.first(CLIENTS) is not None
    if not begun and not transaction.first(STACKS):
        _make_stack(transaction)
    if begun or settings.uaa:  # a UAA elsewhere has users and clients of its own
        return False
    taken = find_by_name(transaction, settings.admin_user, OWN_ORIGIN)
    if not taken and not any(user.password_hash for user in transaction.all(USERS)):
        create_user(transaction, settings.admin_user, settings.admin_password, scopes=ADMIN_SCOPES)
    create_client(transaction, "cf", "", grant_types=("password", "refresh_token"))
    return True


def _make_stack(transaction: Transaction) -> None:
    moment = clock.now()
    stack = StackRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=STACK,
        description="Cloud Foundry Linux-based filesystem (Ubuntu 22.04)",
        run_rootfs_image=STACK,
        build_rootfs_image=STACK,
        is_default=True,
    )
    transaction.insert(STACKS, stack, present_stack(stack, Metadata()))


def _make_domain(transaction: Transaction, name: str) -> None:
    moment = clock.now()
    record = DomainRecord(
        guid=str(uuid4()), created_at=moment, updated_at=moment, name=name, internal=False
    )
    transaction.insert(DOMAINS, record, present_domain(record, Metadata()))


def _has_default_password(reader: Reader) -> bool:
    name, password = DEFAULT_ADMIN
    user = reader.first(USERS, user_name=name, origin=OWN_ORIGIN)
    stored = user.password_hash if user else ""
    return bool(stored) and verify_password(password, stored)

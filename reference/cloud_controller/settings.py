"""Which settings does the server run with, and where do they come from?

Options win over the environment (`CLOUD_CONTROLLER_…`), which wins over the defaults.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_PREFIX = "CLOUD_CONTROLLER_"

DEFAULT_ADMIN = ("admin", "admin")
STAGING_WAYS = ("sandboxed", "unsandboxed", "off")

_ISSUER = "https://uaa.cloud-controller.invalid/oauth/token"  # a name that never resolves

_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*[^\s?#/])?", re.ASCII)


# What an upload and known files make together has no zip64 offsets.
_BELOW_ZIP64 = 2_000_000_000

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")


class SettingsError(ValueError):
    """A setting is wrong; the text is one line that names it as the user wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the server can be told; sizes in bytes, times in seconds.

    Attributes:
        data: Data directory; created on the first start, its parent must exist.
        database: `sqlite:///PATH`; by default `cloud_controller.db` in the data directory.
        blobs: `file:///PATH`; by default `blobs` in the data directory.
        host: Address to listen on.
        port: Port to listen on; 0 picks a free one.
        workers: Number of server processes.
        external_url: Address under which clients reach the server, without a trailing slash;
            empty: the address that it listens on.
        uaa: Address of a UAA elsewhere that issues the tokens, without a trailing slash; empty: this
            server issues them itself.
        strict: Refuse to send what the contract does not document.
        admin_user: Name of the user that the first start creates.
        admin_password: The password of that user.
        max_package_size: Largest sum of uncompressed sizes in a package (2.8).
        max_upload_size: Largest request body of an upload (2.8).
        max_json_size: Largest body of any other request (2.8).
        max_valid_packages_stored: `READY` and `FAILED` packages that an app keeps (2.3).
        max_staged_droplets_stored: `STAGED` droplets that an app keeps beside the current one (5.5).
        staging_memory_mb: Memory that staging gets when nothing else is asked for, in MiB.
        staging_disk_mb: Disk space that staging gets when nothing else is asked for, in MiB.
        staging: Where buildpacks run: `sandboxed`, `unsandboxed` or, nowhere, `off`.
        staging_timeout: How long one staging may take.
        staging_network: Whether sandboxed buildpacks reach the network.
        staging_threads: How many stagings one process works on at a time.
        max_staging_memory_mb: Most memory that a staging can get, in MiB.
        max_staging_disk_mb: Most disk space that may be asked for staging, in MiB (5.4).
        disable_custom_buildpacks: Staging takes installed buildpacks only, no addresses (5.4).
        job_delay: Jobs begin this much later than they could; for tests.
        job_threads: How many jobs one process works on at a time.
        access_token_validity: Life of an access token.
        refresh_token_validity: Life of a refresh token.
        lockout_failures: Wrong passwords in a row that lock a user; 0 switches that off.
        lockout_seconds: How long the user stays locked.
        apps_domain: The shared domain that the first start makes; empty: made of the host that
            clients reach the server under.
        prepared: The data directory is prepared and held by a parent process.

    """

    data: Path = Path(".cloud-controller")
    database: str = ""
    blobs: str = ""
    host: str = "127.0.0.1"
    port: int = 8181
    workers: int = 1
    external_url: str = ""
    uaa: str = ""
    strict: bool = False
    admin_user: str = DEFAULT_ADMIN[0]
    admin_password: str = DEFAULT_ADMIN[1]
    max_package_size: int = 1_073_741_824
    max_upload_size: int = 1536 * 1024 * 1024
    max_json_size: int = 15 * 1024 * 1024
    max_valid_packages_stored: int = 5
    max_staged_droplets_stored: int = 5
    staging_memory_mb: int = 1024
    staging_disk_mb: int = 4096
    staging: str = "sandboxed"
    staging_timeout: float = 900.0
    staging_network: bool = False
    staging_threads: int = 2
    max_staging_memory_mb: int = 4096
    max_staging_disk_mb: int = 10240
    disable_custom_buildpacks: bool = False
    job_delay: float = 0.0
    job_threads: int = 2
    access_token_validity: int = 600
    refresh_token_validity: int = 30 * 24 * 3600
    lockout_failures: int = 5
    lockout_seconds: int = 300
    apps_domain: str = ""
    prepared: bool = False

    def __post_init__(self) -> None:
        """Refuse impossible values.

        Raises:
            SettingsError: A value is out of range or malformed.

        """
        _check_ranges(self)
        if self.external_url and not _is_external_url(self.external_url):
            raise SettingsError(
                f"external url {self.external_url!r}: write it like https://api.example.com,"
                " without a slash at the end"
            )
        if self.apps_domain and not _DOMAIN.fullmatch(self.apps_domain):
            raise SettingsError(f"apps domain {self.apps_domain!r}: write it like apps.example.com")
        if self.staging not in STAGING_WAYS:
            raise SettingsError(f"staging {self.staging!r}: write {', '.join(STAGING_WAYS)}")
        if self.uaa and not _is_external_url(self.uaa):
            raise SettingsError(
                f"uaa {self.uaa!r}: write it like https://uaa.example.com, without a slash at the end"
            )
        if not self.admin_user.strip():
            raise SettingsError("admin user: it must not be empty")
        if not self.admin_password:
            raise SettingsError("admin password: it must not be empty")

    @property
    def database_url(self) -> str:
        """The database, with the default filled in."""
        return self.database or f"sqlite:///{self.data / 'cloud_controller.db'}"

    @property
    def blobs_url(self) -> str:
        """The blob store, with the default filled in."""
        return self.blobs or (self.data / "blobs").absolute().as_uri()

    @property
    def uploads(self) -> Path:
        """Where request bodies are written while they arrive."""
        return self.data / "uploads"

    @property
    def stagings(self) -> Path:
        """Where stagings take place, each in a directory of its own."""
        return self.data / "staging"

    @property
    def buildpack_caches(self) -> Path:
        """Where buildpacks' caches are kept, by app and stack."""
        return self.data / "buildpack-cache"

    @property
    def base_url(self) -> str:
        """The external address, with the default filled in; never ends in a slash."""
        return self.external_url or f"http://{bracketed(self.host)}:{self.port}"

    @property
    def apps_domain_name(self) -> str:
        """The shared domain of the first start, with the default filled in.

        `api.example.com` gives `apps.example.com`; an address without a name `apps.localhost`.
        """
        if self.apps_domain:
            return self.apps_domain
        host = (urlsplit(self.base_url).hostname or "").removeprefix("api.")
        named = _DOMAIN.fullmatch(host) and not host.rpartition(".")[2].isdecimal()
        return f"apps.{host}" if named else "apps.localhost"

    @property
    def token_issuer(self) -> str:
        """The `iss` of tokens, also `issuer` of the discovery document (5.8).

        Where it listens is no part of it: with `--port 0` that changes with every start, and the
        tokens that clients hold must go on counting. Other installations have other keys.
        """
        return f"{self.external_url}/oauth/token" if self.external_url else _ISSUER


def bracketed(host: str) -> str:
    """Write a host as URLs want it: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def load(
    options: Mapping[str, Any] | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Return the settings from given options (`None`: not given) and the environment.

    Raises:
        SettingsError: A value is malformed or out of range.

    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    found = _from_environment(os.environ if environment is None else environment, set(given))
    return replace(Settings(), **{**found, **given})


def temporary(**options: Any) -> Settings:
    """Return settings on a fresh temporary data directory; for tests and in-process fuzzing."""
    folder = Path(tempfile.mkdtemp(prefix="cloud-controller-"))
    return Settings(**{"data": folder / "data", "external_url": "http://127.0.0.1:8181", **options})


def _from_environment(environment: Mapping[str, str], given: set[str]) -> dict[str, Any]:
    types = get_type_hints(Settings)
    found = {}
    for entry in fields(Settings):
        variable = ENVIRONMENT_PREFIX + entry.name.upper()
        written = environment.get(variable)
        if written and entry.name != "prepared" and entry.name not in given:
            found[entry.name] = _parse(variable, written, types[entry.name])
    return found


def _parse(variable: str, written: str, kind: type) -> Any:
    if kind is bool:
        if written.lower() not in _WORDS:
            raise SettingsError(f"{variable}={written!r}: write true or false")
        return _WORDS[written.lower()]
    try:
        return kind(written)
    except ValueError:
        wanted = "a whole number" if kind is int else "a number"
        raise SettingsError(f"{variable}={written!r}: it must be {wanted}") from None


_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_RANGES: Mapping[str, tuple[float, float]] = {
    "port": (0, 65535),
    "workers": (1, 256),
    "max_package_size": (1, _BELOW_ZIP64),
    "max_upload_size": (1, _BELOW_ZIP64),
    "max_json_size": (1, 2**31),
    "max_valid_packages_stored": (1, 100_000),
    "max_staged_droplets_stored": (1, 100_000),
    "staging_memory_mb": (1, 2**31 - 1),
    "staging_disk_mb": (1, 2**31 - 1),
    "max_staging_disk_mb": (1, 2**31 - 1),
    "max_staging_memory_mb": (1, 2**31 - 1),
    "staging_timeout": (1, 7 * 24 * 3600),
    "staging_threads": (1, 64),
    "job_delay": (0, 3600),
    "job_threads": (1, 64),
    "access_token_validity": (1, 2**31),
    "refresh_token_validity": (1, 2**31),
    "lockout_failures": (0, 1_000_000),
    "lockout_seconds": (1, 2**31),
}


def _check_ranges(settings: Settings) -> None:
    for name, (low, high) in _RANGES.items():
        value = getattr(settings, name)
        if not low <= value <= high:
            raise SettingsError(
                f"{name.replace('_', ' ')} {value}: it must be between {low} and {high}"
            )


def _is_external_url(text: str) -> bool:
    if not _URL.fullmatch(text):
        return False
    try:
        return bool(urlsplit(text).hostname) and urlsplit(text).port != 0
    except ValueError:
        return False

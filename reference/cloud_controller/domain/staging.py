"""What goes into staging an app, and what comes out of it?"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class StagingErrorId(StrEnum):
    """The names under which a build may fail (behaviour document, 9: 170001 to 170011)."""

    STAGING_ERROR = "StagingError"
    NO_APP_DETECTED = "NoAppDetectedError"
    COMPILE_FAILED = "BuildpackCompileFailed"
    RELEASE_FAILED = "BuildpackReleaseFailed"
    NO_BUILDPACKS = "NoBuildpacksFound"
    TIME_EXPIRED = "StagingTimeExpired"
    INSUFFICIENT_RESOURCES = "InsufficientResources"
    STAGER_ERROR = "StagerError"


TEXTS: Final[Mapping[StagingErrorId, str]] = {
    StagingErrorId.STAGING_ERROR: "Staging error: {}",
    StagingErrorId.NO_APP_DETECTED: (
        "An app was not successfully detected by any available buildpack"
    ),
    StagingErrorId.COMPILE_FAILED: "App staging failed in the buildpack compile phase",
    StagingErrorId.RELEASE_FAILED: "App staging failed in the buildpack release phase",
    StagingErrorId.NO_BUILDPACKS: "There are no buildpacks available",
    StagingErrorId.TIME_EXPIRED: "Staging time expired: {}",
    StagingErrorId.INSUFFICIENT_RESOURCES: "Insufficient resources",
    StagingErrorId.STAGER_ERROR: "Stager error: {}",
}
"""The texts of chapter 9; `{}` is filled with the details."""


class StagingFailedError(Exception):
    """Staging ended without a droplet, and will again with the same input.

    Attributes:
        error_id: The name of the error, such as `NoAppDetectedError`.
        text: What a build shows behind it: `<error_id> - <text>` (5.4).

    """

    def __init__(self, error_id: StagingErrorId, details: str = "") -> None:
        self.error_id = error_id
        self.text = TEXTS[error_id].format(details)
        super().__init__(f"{error_id} - {self.text}")


@dataclass(frozen=True, slots=True)
class BuildpackSource:
    """One buildpack that staging may use.

    Attributes:
        name: Its name, or what an app calls a custom one; shown in droplets.
        key: A name that no other buildpack of the request has.
        path: Its zip.

    """

    name: str
    key: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingRequest:
    """All that one staging needs; sizes in MiB, times in seconds.

    Attributes:
        build_guid: Names the staging in messages.
        package: The zip with the app's files.
        buildpacks: What to try or to use, in this order.
        skip_detect: Use all of `buildpacks`, the last one finalizing, instead of trying them.
        stack: Name of the stack, shown to buildpacks as `CF_STACK`.
        environment: What the buildpacks' scripts see besides what staging itself sets.
        memory_mb: Bound for the memory of the scripts.
        disk_mb: Bound for all that they and the droplet take on disk.
        timeout_seconds: Bound for the whole staging.
        work_dir: A directory for this staging alone; removed and made anew.
        cache_dir: What the buildpacks kept from the last staging and may keep for the next one.

    """

    build_guid: str
    package: Path
    buildpacks: tuple[BuildpackSource, ...]
    skip_detect: bool
    stack: str
    work_dir: Path
    cache_dir: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    memory_mb: int = 1024
    disk_mb: int = 4096
    timeout_seconds: float = 900.0


@dataclass(frozen=True, slots=True)
class StagedBuildpack:
    """A buildpack as the droplet names it (5.5).

    Attributes:
        name: The name under which it was chosen.
        detect_output: What `bin/detect` printed; empty when it was not asked.
        buildpack_name: What the buildpack calls itself.
        version: Its version, if it says so.

    """

    name: str
    detect_output: str | None = None
    buildpack_name: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class StagedDroplet:
    """What staging made.

    Attributes:
        tarball: The droplet's tar.gz; `None` for a Docker image.
        sha1: Digest of the tarball in hex.
        sha256: Digest of the tarball in hex.
        size: Of the tarball, in bytes.
        buildpacks: Those that took part, in order; empty for a Docker image.
        process_types: Start commands by process type.
        execution_metadata: What whoever runs the droplet may need; empty for buildpacks.
        image: The Docker image, if it is one.

    """

    tarball: Path | None
    sha1: str | None = None
    sha256: str | None = None
    size: int | None = None
    buildpacks: tuple[StagedBuildpack, ...] = ()
    process_types: Mapping[str, str] = field(default_factory=dict)
    execution_metadata: str = ""
    image: str | None = None

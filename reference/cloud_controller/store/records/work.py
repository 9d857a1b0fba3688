"""Which columns do jobs, events, logs, cached resources and switches have?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cloud_controller.store.records.base import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord(Record):
    """One piece of background work (5.6).

    Attributes:
        operation: What it does, such as `package.delete`; names the handler.
        state: `PROCESSING`, `COMPLETE` or `FAILED`.
        pollable: Whether `/v3/jobs` shows it.
        payload: What the handler needs, as JSON values.
        errors: Error objects `{"code", "title", "detail"}`, only when `FAILED`.
        warnings: `{"detail"}` objects.
        attempts: How often it was begun.
        run_at: Not before this time.
        leased_until: Until then one runner works on it; `None` means that nobody does.
        leased_by: Name of that runner.

    """

    operation: str
    resource_type: str | None = None
    resource_guid: str | None = None
    state: str = "PROCESSING"
    pollable: bool = True
    payload: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    attempts: int = 0
    run_at: int
    leased_until: int | None = None
    leased_by: str | None = None

    @property
    def resource(self) -> str:
        """The guid of what it is about; LookupError when it is about nothing in particular."""
        if self.resource_guid is None:
            raise LookupError(f"job {self.guid} ({self.operation}) names no resource")
        return self.resource_guid


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRecord(Record):
    """A file in the resource cache (2.11); `guid` is its SHA-1."""

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFlagRecord(Record):
    """A feature flag that was set away from its default (9.1); `guid` is its name."""

    enabled: bool
    error_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentVariableGroupRecord(Record):
    """Variables for all apps; `guid` is the group's name, `running` or `staging`."""

    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEventRecord(Record):
    """Something that somebody did; it outlives its target."""

    type: str
    actor_guid: str
    actor_type: str
    actor_name: str
    target_guid: str
    target_type: str
    target_name: str
    data: dict[str, Any] = field(default_factory=dict)
    space_guid: str | None = None
    organization_guid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLineRecord(Record):
    """One line of a log; `timestamp` in nanoseconds since 1970, `payload` in base64."""

    source_guid: str
    instance: str
    timestamp: int
    stream: str
    source_type: str
    payload: str

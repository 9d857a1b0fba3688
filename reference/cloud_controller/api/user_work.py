"""How do roles and users go away?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cloud_controller.api import audit, role_rows
from cloud_controller.auth import Caller
from cloud_controller.auth.users import forget_user
from cloud_controller.jobs import JobHandler, JobResult, Outcome, about
from cloud_controller.store.entities import ROLES, USERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.store import Database, Transaction
    from cloud_controller.store.records import JobRecord, RoleRecord

_CALLER: Final = ("user_guid", "user_name", "email", "client_id")


def handlers(database: Database) -> Mapping[str, JobHandler]:
    """Return the handlers by operation; repeating one that was done changes nothing."""
    return {
        "role.delete": about(database, ROLES, _delete_role),
        "user.delete": JobHandler(_delete_user),
    }


def caller_payload(caller: Caller) -> dict[str, Any]:
    """Return what a job keeps of its caller, so that events can name him."""
    return {"caller": {name: getattr(caller, name) for name in _CALLER}}


async def _delete_role(job: JobRecord, _: RoleRecord) -> Outcome[RoleRecord]:
    def commit(transaction: Transaction, role: RoleRecord) -> None:
        owner = transaction.referenced(USERS, role.user_guid)
        place = role_rows.place_of(transaction, role)
        transaction.delete(ROLES, role.guid)
        audit.record(
            transaction,
            Caller(**job.payload["caller"]),
            f"audit.user.{role.type}_remove",
            target=audit.Target(role.user_guid, "user", owner.user_name),
            space_guid=place.space_guid,
            organization_guid=place.organization_guid,
            data={"request": {}},
        )

    return Outcome(commit=commit)


async def _delete_user(job: JobRecord) -> JobResult:
    return JobResult(commit=lambda transaction: forget_user(transaction, job.resource))

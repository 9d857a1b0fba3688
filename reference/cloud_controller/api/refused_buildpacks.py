"""What comes before the body when a request for a buildpack or stack of version 3 is refused?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from cloud_controller.api import buildpack_uploads, stacks
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.api.refusals import caller_of
from cloud_controller.domain.messages import buildpacks as messages

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from specfoundry.runtime.problems import Refusal
    from specfoundry.runtime.responses import ApiError


class RefusedBuildpacks:
    """Looks at roles and rows first (4.3 to 4.5); None when the body's own problems are next."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def answers(self) -> Mapping[str, Callable[[Refusal], Awaitable[ApiError | None]]]:
        """Return what knows the answer, by operation."""
        return {
            "createBuildpack": self._create,
            "createStack": self._create,
            "updateBuildpack": self._update_buildpack,
            "updateStack": self._update_stack,
            "uploadBuildpack": self._upload,
        }

    async def _create(self, refusal: Refusal) -> ApiError | None:
        if refusal.reason == "body" and not caller_of(refusal).is_admin:
            return v3_error(table.NOT_AUTHORIZED)
        return None

    async def _update_buildpack(self, refusal: Refusal) -> ApiError | None:
        if refusal.reason == "body":
            caller, guid = caller_of(refusal), _guid(refusal)
            await self._context.database.read(
                lambda reader: buildpack_uploads.addressed(reader, caller, guid)
            )
        return None

    async def _update_stack(self, refusal: Refusal) -> ApiError | None:
        if refusal.reason == "body":
            caller, guid = caller_of(refusal), _guid(refusal)
            await self._context.database.read(lambda reader: stacks.addressed(reader, caller, guid))
        return None

    async def _upload(self, refusal: Refusal) -> ApiError:
        caller, guid = caller_of(refusal), _guid(refusal)
        await self._context.database.read(
            lambda reader: buildpack_uploads.addressed(reader, caller, guid)
        )
        form = refusal.body if isinstance(refusal.body, Mapping) else {}
        problems = messages.upload_form(tuple(form))
        return v3_error(
            table.UNPROCESSABLE, messages.upload_invalid(problems or [messages.NO_FILE])
        )


def _guid(refusal: Refusal) -> str:
    return str(refusal.path_params["guid"])

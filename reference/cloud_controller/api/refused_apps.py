"""What is answered to a body about an app or its processes that does not fit the contract?

Upstream looks at these bodies last: an app that is hidden, or that the caller may not change, is
answered first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cloud_controller.api import app_environment, app_features, current_droplets, process_changes
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.api.process_changes import OfApp
from cloud_controller.api.refusals import caller_of, is_absent
from cloud_controller.domain.messages import apps, processes

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader
    from specfoundry.runtime.problems import Refusal
    from specfoundry.runtime.responses import ApiError

_Path: TypeAlias = Mapping[str, Any]


def _address(path: _Path) -> process_changes.Address:
    guid = str(path["guid"])
    return OfApp(guid, str(path["type"])) if "type" in path else guid


def _change_process(reader: Reader, caller: Caller, path: _Path) -> object:
    return process_changes.changeable(reader, caller, _address(path))


def _scale_process(reader: Reader, caller: Caller, path: _Path) -> object:
    return process_changes.scalable(reader, caller, _address(path))


def _change_feature(reader: Reader, caller: Caller, path: _Path) -> object:
    return app_features.changeable(reader, caller, str(path["guid"]), str(path["name"]))


def _change_environment(reader: Reader, caller: Caller, path: _Path) -> object:
    return app_environment.changeable(reader, caller, str(path["guid"]))


_CHECKS: Final[
    Mapping[
        str,
        tuple[Callable[[Reader, Caller, _Path], object], Callable[[object], list[str]]],
    ]
] = {
    "updateProcess": (_change_process, processes.update),
    "updateProcessForApp": (_change_process, processes.update),
    "scaleProcess": (_scale_process, processes.scale),
    "scaleProcessForApp": (_scale_process, processes.scale),
    "updateAppFeature": (_change_feature, apps.update_feature),
    "updateAppEnvironmentVariables": (_change_environment, apps.update_environment),
}
"""What is looked at before the body, and what is then said of the body."""


class RefusedApps:
    """Finds the answers; each may raise what a row or a right says instead."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def answers(self) -> Mapping[str, Callable[[Refusal], Awaitable[ApiError | None]]]:
        """Return the answers by operation."""
        return {**dict.fromkeys(_CHECKS, self._body), "setCurrentDroplet": self._droplet}

    async def _body(self, refusal: Refusal) -> ApiError | None:
        if refusal.reason != "body" or refusal.operation is None:
            return None
        look, said = _CHECKS[refusal.operation.operation_id]
        caller = caller_of(refusal)
        await self._context.database.read(lambda reader: look(reader, caller, refusal.path_params))
        body = {} if is_absent(refusal) else refusal.body
        texts = said(body)
        return v3_error(table.UNPROCESSABLE, ", ".join(texts)) if texts else None

    async def _droplet(self, refusal: Refusal) -> ApiError | None:
        """Only the droplet's guid counts; a body without `data` names none."""
        if refusal.reason != "body":
            return None
        body = refusal.body if isinstance(refusal.body, Mapping) else {}
        data = body.get("data")
        guid = data.get("guid") if isinstance(data, Mapping) else None
        if "data" in body and guid is None:
            return v3_error(table.UNPROCESSABLE, apps.DROPLET_FIXED)
        caller, app_guid = caller_of(refusal), str(refusal.path_params["guid"])

        def read(reader: Reader) -> None:
            app = current_droplets.changeable(reader, caller, app_guid)
            current_droplets.assignable(reader, app, guid)

        await self._context.database.read(read)
        return None

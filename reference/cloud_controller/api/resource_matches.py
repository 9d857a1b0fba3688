"""Which files need not be uploaded again (behaviour document, 2.11)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from capi.operations import resource_matches as operations
from cloud_controller.api import access, resource_harvest
from cloud_controller.api.bodies import raw
from cloud_controller.domain import fingerprints
from cloud_controller.domain.feature_flags import FeatureFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader


class ResourceMatches:
    """Implements the generated `ResourceMatchesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def create_resource_match(
        self, body: models.ResourceMatchCreate, caller: Caller
    ) -> operations.CreateResourceMatch201:
        """Answer those files that the resource cache has, in the order of the request."""
        matching = await self._context.database.read(lambda reader: _is_matching(reader, caller))
        sent = raw(body)
        wanted = [one for one in sent["resources"] if _may_match(one)] if matching else []
        known = await self._context.resources.known({_sha1(one) for one in wanted})
        found = [_shown(one) for one in wanted if _sha1(one) in known]
        return operations.CreateResourceMatch201(
            body=models.ResourceMatches.model_validate({"resources": found})
        )


def _is_matching(reader: Reader, caller: Caller) -> bool:
    access.require_feature(reader, caller, FeatureFlag.APP_BITS_UPLOAD)
    return access.is_enabled(reader, FeatureFlag.RESOURCE_MATCHING)


def _may_match(sent: Mapping[str, Any]) -> bool:
    mode = sent.get("mode")
    in_cache = resource_harvest.MIN_SIZE < sent["size_in_bytes"] < resource_harvest.MAX_SIZE
    return in_cache and mode is not None and fingerprints.is_usable_mode(mode)


def _sha1(sent: Mapping[str, Any]) -> str:
    digest: str = sent["checksum"]["value"]
    return digest.lower()


def _shown(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "checksum": {"value": sent["checksum"]["value"]},
        "size_in_bytes": sent["size_in_bytes"],
        "path": sent.get("path"),
        "mode": sent["mode"],
    }

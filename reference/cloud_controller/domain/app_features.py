"""Which features can an app have, and which are on?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

SSH: Final = "ssh"
REVISIONS: Final = "revisions"
SERVICE_BINDING_K8S: Final = "service-binding-k8s"
FILE_BASED_VCAP_SERVICES: Final = "file-based-vcap-services"


class Feature(NamedTuple):
    """A feature as upstream describes it, and whether a new app has it."""

    description: str
    default: bool


FEATURES: Final[Mapping[str, Feature]] = {
    SSH: Feature("Enable SSHing into the app.", default=True),
    REVISIONS: Feature("Enable versioning of an application", default=True),
    SERVICE_BINDING_K8S: Feature("Enable k8s service bindings for the app", default=False),
    FILE_BASED_VCAP_SERVICES: Feature(
        "Enable file-based VCAP service bindings for the app", default=False
    ),
}


class HasFeatures(Protocol):
    """An app as far as its features are concerned."""

    @property
    def features(self) -> Mapping[str, bool]:
        """What was set away from its default."""


def is_enabled(app: HasFeatures, name: str) -> bool:
    """Return whether a feature is on; raises `KeyError` for one that does not exist."""
    return app.features.get(name, FEATURES[name].default)


def exclude_each_other(app: HasFeatures, name: str) -> bool:
    """Return whether switching this feature on would go against another one that is on."""
    rivals = {
        SERVICE_BINDING_K8S: FILE_BASED_VCAP_SERVICES,
        FILE_BASED_VCAP_SERVICES: SERVICE_BINDING_K8S,
    }
    return name in rivals and is_enabled(app, rivals[name])

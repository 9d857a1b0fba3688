"""What do the lists of what apps have accept in their query?"""

from __future__ import annotations

from typing import Final

from cloud_controller.domain import ordering
from cloud_controller.domain.messages.list_rules import COMMON, Choice, ListRules

_PROCESSES: Final = (
    "app_guid",
    "types",
    "space_guids",
    "organization_guids",
    "app_guids",
    "embed",
    "label_selector",
)
_EMBED: Final = Choice(
    "embed",
    ("process_instances",),
    "Invalid embedded resource: '{}'. Valid embedded resources are: 'process_instances'",
)
_TASKS: Final = (
    "names",
    "states",
    "app_guids",
    "organization_guids",
    "space_guids",
    "app_guid",
    "sequence_ids",
    "label_selector",
)
_REVISIONS: Final = ListRules(
    names=(*COMMON, "versions", "deployable", "label_selector"),
    order_by=ordering.TIMES,
    arrays=("versions",),
    choices=(Choice("deployable", ("true", "false"), "Deployable must be a boolean"),),
)
_SIDECARS: Final = ListRules(names=COMMON, order_by=ordering.TIMES, arrays=())
_BINDINGS: Final = (
    "names",
    "service_instance_guids",
    "service_instance_names",
    "service_plan_guids",
    "service_plan_names",
    "service_offering_guids",
    "service_offering_names",
    "app_guids",
    "app_names",
)
_ROUTE_BINDINGS: Final = ("service_instance_guids", "service_instance_names", "route_guids")
_INSTANCES: Final = (
    "names",
    "space_guids",
    "organization_guids",
    "service_plan_guids",
    "service_plan_names",
)

RULES: Final[dict[str, ListRules]] = {
    "listProcesses": ListRules(
        names=(*COMMON, *_PROCESSES),
        order_by=ordering.TIMES,
        arrays=("types", "space_guids", "organization_guids", "app_guids"),
        not_here=("app_guid",),
        choices=(_EMBED,),
    ),
    "listProcessesForApp": ListRules(
        names=(*COMMON, *_PROCESSES),
        order_by=ordering.TIMES,
        arrays=("types",),
        not_here=("app_guid", "app_guids", "organization_guids", "space_guids"),
        choices=(_EMBED,),
    ),
    "listSidecarsForApp": _SIDECARS,
    "listSidecarsForProcess": _SIDECARS,
    "listDeployments": ListRules(
        names=(
            *COMMON,
            "app_guids",
            "states",
            "status_reasons",
            "status_values",
            "label_selector",
        ),
        order_by=ordering.TIMES,
        arrays=("app_guids", "states", "status_reasons", "status_values"),
    ),
    "listRevisionsForApp": _REVISIONS,
    "listDeployedRevisionsForApp": _REVISIONS,
    "listTasks": ListRules(
        names=(*COMMON, *_TASKS),
        order_by=ordering.TIMES,
        arrays=("names", "states", "app_guids", "organization_guids", "space_guids"),
        not_here=("app_guid", "sequence_ids"),
    ),
    "listTasksForApp": ListRules(
        names=(*COMMON, *_TASKS),
        order_by=ordering.TIMES,
        arrays=("names", "states", "sequence_ids"),
        not_here=("app_guid", "app_guids", "organization_guids", "space_guids"),
    ),
    "listServiceCredentialBindings": ListRules(
        names=(*COMMON, *_BINDINGS, "type", "include", "label_selector"),
        order_by=ordering.TIMES,
        arrays=_BINDINGS,
        includes=("app", "service_instance"),
        choices=(Choice("type", ("app", "key"), "Type must be one of 'app', 'key'"),),
    ),
    "listServiceRouteBindings": ListRules(
        names=(*COMMON, *_ROUTE_BINDINGS, "include", "label_selector"),
        order_by=ordering.TIMES,
        arrays=_ROUTE_BINDINGS,
        includes=("route", "service_instance"),
    ),
    "listServiceInstances": ListRules(
        names=(*COMMON, "type", "fields", *_INSTANCES, "label_selector"),
        order_by=ordering.NAMES,
        arrays=_INSTANCES,
        choices=(
            Choice(
                "type",
                ("managed", "user-provided"),
                "Type must be one of 'managed', 'user-provided'",
            ),
        ),
    ),
}
"""The rules by operation, as far as `lists` judges them."""

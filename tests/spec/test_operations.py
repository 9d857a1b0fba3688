"""Does every operation of the contract say what a reader needs?"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from specfoundry.document.load import load_document

if TYPE_CHECKING:
    from conftest import Contract

ROLES = {
    "admin",
    "admin_read_only",
    "global_auditor",
    "space_developer",
    "space_manager",
    "space_auditor",
    "space_supporter",
    "org_manager",
    "org_auditor",
    "org_billing_manager",
    "org_user",
    "none",
}
SHARED_ERRORS = {"ErrorsV3", "ErrorV2", "OAuthError", "LogCacheError"}
REPEATED = {"V2BuildpackQuery", "LogEnvelopeTypes"}
"""Parameters that are sent once for each value."""
WANTED = {
    "getRoot getV3Root",
    "getV3Info getV2Info getHealth",
    "createToken revokeToken getTokenKeys getTokenKey getOpenidConfiguration getLogin",
    "getUaaInfo",
    "listPackages createPackage getPackage updatePackage deletePackage uploadPackage",
    "downloadPackage listPackagesForApp createPackageForApp",
    "createResourceMatch",
    "listDropletsForPackage stagePackage listDroplets createDroplet getDroplet updateDroplet",
    "deleteDroplet uploadDroplet downloadDroplet listDropletsForApp",
    "listBuilds createBuild getBuild updateBuild listBuildsForApp",
    "listOrganizations createOrganization getOrganization updateOrganization deleteOrganization",
    "listSpaces createSpace getSpace updateSpace deleteSpace",
    "listApps createApp getApp updateApp deleteApp startApp stopApp restartApp",
    "clearAppBuildpackCache getAppPermissions getAppSshEnabled",
    "getAppFeatures getAppFeature updateAppFeature",
    "getAppEnvironment getAppEnvironmentVariables updateAppEnvironmentVariables",
    "getCurrentDroplet getCurrentDropletRelationship setCurrentDroplet",
    "listProcessesForApp getProcessForApp updateProcessForApp scaleProcessForApp",
    "getProcessStatsForApp terminateProcessInstanceForApp",
    "listProcesses getProcess updateProcess scaleProcess getProcessStats",
    "terminateProcessInstance",
    "listSidecarsForApp listSidecarsForProcess",
    "listDeployments",
    "listRevisionsForApp listDeployedRevisionsForApp",
    "listTasks listTasksForApp",
    "listServiceCredentialBindings",
    "listServiceRouteBindings",
    "listServiceInstances",
    "listIsolationSegments getDefaultIsolationSegment updateDefaultIsolationSegment",
    "getSpaceIsolationSegment updateSpaceIsolationSegment",
    "listSecurityGroups listRunningSecurityGroups listStagingSecurityGroups",
    "listOrganizationQuotas getOrganizationQuota",
    "listSpaceQuotas",
    "listFeatureFlags getFeatureFlag updateFeatureFlag",
    "getEnvironmentVariableGroup updateEnvironmentVariableGroup",
    "getOrganizationUsageSummary getSpaceUsageSummary",
    "getSpaceFeatures getSpaceSshFeature updateSpaceSshFeature",
    "listAuditEvents getAuditEvent",
    "listBuildpacks createBuildpack getBuildpack updateBuildpack deleteBuildpack",
    "uploadBuildpack",
    "listStacks createStack getStack updateStack deleteStack listAppsForStack",
    "listAccounts createAccount deleteAccount changePassword",
    "getClient",
    "listRoles createRole getRole deleteRole",
    "listUsers createUser getUser updateUser deleteUser listUsersForOrganization",
    "listUsersForSpace",
    "applyManifest createManifestDiff getManifestForApp",
    "listDomains createDomain getDomain updateDomain deleteDomain checkRouteReservation",
    "listDomainsForOrganization getDefaultDomain shareDomain unshareDomain",
    "listRoutes createRoute getRoute updateRoute deleteRoute listRoutesForApp",
    "deleteUnmappedRoutes",
    "getRouteDestinations addRouteDestinations replaceRouteDestinations updateRouteDestination",
    "removeRouteDestination",
    "getJob",
    "getLogCacheInfo getLogCacheMeta readLogs",
    "listV2Buildpacks createV2Buildpack getV2Buildpack updateV2Buildpack deleteV2Buildpack",
    "uploadV2BuildpackBits",
    "getV2Job",
}


def test_the_document_is_valid_openapi(contract: Contract) -> None:
    assert list(OpenAPIV31SpecValidator(contract.node).iter_errors()) == []


def test_all_wanted_operations_are_there_once(contract: Contract) -> None:
    found = Counter(operation["operationId"] for _, _, operation in contract.operations())

    assert set(found) == {name for line in WANTED for name in line.split()}
    assert set(found.values()) == {1}


def test_every_operation_has_its_texts_and_one_known_tag(contract: Contract) -> None:
    tags = {tag["name"] for tag in contract.node["tags"] if tag["description"]}

    for _, _, operation in contract.operations():
        assert re.fullmatch(r"[a-z]+([A-Z0-9][a-z0-9]*)+", operation["operationId"])
        assert len(operation["tags"]) == 1
        assert operation["tags"][0] in tags
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"] is not None


def test_every_role_has_exactly_one_fate_per_operation(contract: Contract) -> None:
    for _, _, operation in contract.operations():
        permitted = operation["x-permitted-roles"]
        if permitted.get("anyone") or permitted.get("public"):
            continue
        groups = [permitted["roles"]]
        groups += [permitted[kind]["roles"] for kind in ("denied", "hidden") if kind in permitted]
        named = [role for group in groups for role in group]
        assert len(named) == len(set(named)), operation["operationId"]
        if permitted.get("filtered"):
            assert set(named) <= ROLES
        else:
            assert set(named) == ROLES, operation["operationId"]


def test_denied_and_hidden_roles_get_a_documented_status(contract: Contract) -> None:
    for _, _, operation in contract.operations():
        for kind in ("denied", "hidden"):
            fate = operation["x-permitted-roles"].get(kind)
            assert fate is None or str(fate["status"]) in operation["responses"]


def test_public_operations_and_no_others_need_no_token(contract: Contract) -> None:
    """The log cache hides itself from those without a token: 404, so that no 401 is to be told."""
    for _, _, operation in contract.operations():
        hides = operation["tags"] == ["LogCache"] and "401" not in operation["responses"]
        security = operation["security"]
        open_to_all = security == [] or ({} in security and not hides)
        assert open_to_all == bool(operation["x-permitted-roles"].get("public"))


def test_every_answer_has_the_two_headers(contract: Contract) -> None:
    for _, _, operation in contract.operations():
        for status, response in operation["responses"].items():
            headers = contract.resolve(response)["headers"]
            for name in ("X-VCAP-Request-ID", "X-Content-Type-Options"):
                header = contract.resolve(headers[name])
                assert header["required"] is True, (operation["operationId"], status)


def test_every_error_is_the_shared_one_and_names_its_codes(contract: Contract) -> None:
    for path, _, operation in contract.operations():
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            assert set(response) == {"$ref"}, (path, status)
            resolved = contract.resolve(response)
            for content in resolved.get("content", {}).values():
                schema = content["schema"].get("contentSchema", content["schema"])
                assert schema["$ref"].rsplit("/", 1)[1] in SHARED_ERRORS
                assert content["examples"]
                assert resolved["x-error-codes"]


def test_versions_do_not_mix_their_errors(contract: Contract) -> None:
    wanted = {"/v2/": "ErrorV2", "/v3/": "ErrorsV3", "/oauth": "OAuthError"}

    for path, _, operation in contract.operations():
        for status, _, content in contract.bodies(operation):
            schema = str(content.get("schema"))
            for prefix, name in wanted.items():
                if path.startswith(prefix) and int(status) >= 400:
                    assert f"/{name}'" in schema, (path, status)


def test_every_error_example_carries_a_documented_code(contract: Contract) -> None:
    for response in contract.node["components"]["responses"].values():
        for content in response.get("content", {}).values():
            for example in content.get("examples", {}).values():
                if isinstance(example["value"], str):
                    continue
                assert _error_name(example["value"]) in response["x-error-codes"]


def _error_name(body: dict[str, Any]) -> str:
    if "errors" in body:
        return str(body["errors"][0]["title"])
    return str(body.get("error_code") or body.get("error") or body.get("code"))


def test_lists_page_as_they_say(contract: Contract) -> None:
    lists = [
        operation
        for path, _, operation in contract.operations()
        if operation["operationId"].startswith("list") and path.startswith(("/v2/", "/v3/"))
    ]

    assert len(lists) >= 40
    for operation in lists:
        names = {contract.resolve(parameter)["name"] for parameter in operation["parameters"]}
        assert operation["x-pagination"]["page"] in names
        assert operation["x-pagination"]["per-page"] in names
        assert bool(operation.get("x-strict-query")) == (
            "v2" not in operation["operationId"].lower()
        )


def test_version_3_lists_share_their_filters(contract: Contract) -> None:
    times = {
        f"{name}{operator}"
        for name in ("created_ats", "updated_ats")
        for operator in ("", "[lt]", "[lte]", "[gt]", "[gte]")
    }
    shared = times | {"guids", "page", "per_page", "order_by"}

    for path, method, operation in contract.operations():
        if "page" not in operation.get("x-pagination", {}) or not path.startswith("/v3/"):
            continue  # what always stands on one page takes no parameters for it
        names = {contract.resolve(parameter)["name"] for parameter in operation["parameters"]}
        members = _listed_members(contract, operation)
        wanted = shared if "guid" in members else {"page", "per_page"}
        assert wanted <= names, (method, path)
        if "label_selector" in names:
            assert "metadata" in members, (method, path)


def _listed_members(contract: Contract, operation: dict[str, Any]) -> set[str]:
    """Return the members of what a list shows."""
    content = contract.resolve(operation["responses"]["200"])["content"]["application/json"]
    example = next(iter(content["examples"].values()))
    resources = contract.resolve(example)["value"]["resources"]
    return {name for resource in resources for name in resource} or {"guid", "metadata"}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v3/packages", "page per_page"),
        ("/v3/apps/{guid}/packages", "guid guids page per_page order_by states types"),
        (
            "/v2/buildpacks",
            (
                "q page pretty results-per-page inline-relations-depth exclude-relations"
                " include-relations order order-by"
            ),
        ),
    ],
)
def test_every_documented_parameter_is_there(contract: Contract, path: str, names: str) -> None:
    (operation,) = (
        node for at, method, node in contract.operations() if (at, method) == (path, "get")
    )

    found = {contract.resolve(parameter)["name"] for parameter in operation["parameters"]}
    assert set(names.split()) <= found


def test_comma_delimited_lists_are_not_exploded(contract: Contract) -> None:
    for name, parameter in contract.node["components"]["parameters"].items():
        if parameter["schema"].get("type") == "array" and name not in REPEATED:
            assert (parameter["style"], parameter["explode"]) == ("form", False)


def test_links_lead_to_operations_with_parameters_they_have(contract: Contract) -> None:
    known = {
        operation["operationId"]: {
            contract.resolve(parameter)["name"] for parameter in operation["parameters"]
        }
        for _, _, operation in contract.operations()
    }

    for _, _, operation in contract.operations():
        for response in operation["responses"].values():
            for link in contract.resolve(response).get("links", {}).values():
                target = contract.resolve(link)
                assert set(target.get("parameters", {})) <= known[target["operationId"]]


def test_deleting_is_done_at_once_or_by_a_job_that_can_be_polled(contract: Contract) -> None:
    for path, method, operation in contract.operations():
        if method == "delete" and path.startswith("/v3/") and "204" not in operation["responses"]:
            accepted = contract.resolve(operation["responses"]["202"])
            assert contract.resolve(accepted["headers"]["Location"])["required"] is True
            assert operation["x-async-job"]["get"] == "getJob"
            assert "content" not in accepted


def test_every_file_of_the_contract_is_used() -> None:
    folder = Path(__file__).parents[2] / "spec"
    document = load_document(folder / "openapi.yaml")

    used = {Path(key) for key in document.files}
    assert {path.resolve() for path in folder.rglob("*.*")} <= used


def test_path_files_stay_short() -> None:
    for path in (Path(__file__).parents[2] / "spec" / "paths").iterdir():
        assert len(path.read_text().splitlines()) <= 400, path.name

"""How do the discovery documents look (behaviour document, 1.1 and 5.8)?"""

from __future__ import annotations

from typing import Any, Final

from capi import models
from cloud_controller.present.rendering import link, render
from cloud_controller.store import BASE_URL

V2_VERSION: Final = "2.293.0"
V3_VERSION: Final = "3.228.0"
OSBAPI_VERSION: Final = "2.15"
UAA_VERSION: Final = "77.0.0"

V3_RESOURCES: Final = (
    "app_usage_events",
    "apps",
    "audit_events",
    "buildpacks",
    "builds",
    "deployments",
    "domains",
    "droplets",
    "environment_variable_groups",
    "feature_flags",
    "info",
    "isolation_segments",
    "organizations",
    "organization_quotas",
    "packages",
    "processes",
    "resource_matches",
    "roles",
    "routes",
    "security_groups",
    "service_brokers",
    "service_instances",
    "service_credential_bindings",
    "service_offerings",
    "service_plans",
    "service_route_bindings",
    "service_usage_events",
    "spaces",
    "space_quotas",
    "stacks",
    "tasks",
    "users",
)


def root(uaa: str = "") -> bytes:
    """Return the document of `GET /`; without a `uaa` elsewhere this server is its own."""
    issuer = {"href": uaa} if uaa else link("")
    links: dict[str, Any] = {
        "self": link(""),
        "cloud_controller_v2": {**link("/v2"), "meta": {"version": V2_VERSION}},
        "cloud_controller_v3": {**link("/v3"), "meta": {"version": V3_VERSION}},
        "network_policy_v0": link("/networking/v0/external"),
        "network_policy_v1": link("/networking/v1/external"),
        "login": issuer,
        "uaa": issuer,
        **dict.fromkeys(("credhub", "routing", "logging")),
        "log_cache": link(""),
        "log_stream": None,
        "app_ssh": {"href": None, "meta": {"host_key_fingerprint": None, "oauth_client": None}},
    }
    return render(models.Root, {"links": links})


def v3_root() -> bytes:
    """Return the document of `GET /v3`."""
    links = {"self": link("/v3"), **{name: link(f"/v3/{name}") for name in V3_RESOURCES}}
    return render(models.V3Root, {"links": links})


def v3_info() -> bytes:
    """Return the document of `GET /v3/info` with nothing configured."""
    document = {
        "build": "",
        "cli_version": {"minimum": "", "recommended": ""},
        "custom": {},
        "description": "",
        "name": "",
        "version": 0,
        "osbapi_version": OSBAPI_VERSION,
        "rate_limits": {
            "enabled": False,
            "general_limit": "",
            "reset_interval_in_minutes": "",
        },
        "links": {"self": link("/v3/info"), "support": {"href": ""}},
    }
    return render(models.V3Info, document)


def v2_info(user_guid: str | None, uaa: str = "") -> bytes:
    """Return the document of `GET /v2/info`; `user` is there with a valid token only."""
    unset = (
        "name",
        "build",
        "support",
        "version",
        "description",
        "min_cli_version",
        "min_recommended_cli_version",
        "app_ssh_endpoint",
        "app_ssh_host_key_fingerprint",
        "app_ssh_oauth_client",
        "doppler_logging_endpoint",
    )
    document: dict[str, Any] = {
        **dict.fromkeys(unset),
        "authorization_endpoint": uaa or BASE_URL,
        "token_endpoint": uaa or BASE_URL,
        "api_version": V2_VERSION,
        "osbapi_version": OSBAPI_VERSION,
    }
    if user_guid is not None:
        document["user"] = user_guid
    return render(models.V2Info, document)


def login() -> bytes:
    """Return the document of `GET /login` and `GET /info` of the UAA."""
    document = {
        "app": {"version": UAA_VERSION},
        "prompts": {"username": ["text", "Email"], "password": ["password", "Password"]},
        "links": {"uaa": BASE_URL, "login": BASE_URL},
    }
    return render(models.LoginInfo, document)


def openid_configuration(issuer: str) -> bytes:
    """Return the document of `GET /.well-known/openid-configuration`."""
    document = {
        "issuer": issuer,
        "token_endpoint": f"{BASE_URL}/oauth/token",
        "jwks_uri": f"{BASE_URL}/token_keys",
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "grant_types_supported": ["password", "refresh_token", "client_credentials"],
        "scopes_supported": [
            "openid",
            "cloud_controller.read",
            "cloud_controller.write",
            "cloud_controller.admin",
        ],
    }
    return render(models.OpenidConfiguration, document)

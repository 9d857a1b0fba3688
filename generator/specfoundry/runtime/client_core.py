"""How does a call become a request? Pure: nothing here touches the network."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from specfoundry.runtime.client_bodies import GivenBody, choose_media, write_body
from specfoundry.runtime.client_streams import Target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    import httpx2

    from specfoundry.runtime.client_endpoint import Endpoint
    from specfoundry.runtime.client_parameters import Location, WireParameter
    from specfoundry.runtime.client_streams import BuildRequest, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the caller gave to a generated method."""

    params: object | None = None
    body: Any = None
    """None when there is no body; a dict by Python names for form and multipart bodies."""
    content_type: str | None = None
    progress: Progress | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    """Replaces the address which path and query would give: a following page."""

    def with_headers(self, headers: Mapping[str, str]) -> Call:
        """Return this call with further headers."""
        return replace(self, headers={**self.headers, **headers})

    def at(self, url: str) -> Call:
        """Return this call at another address, without the parameters of the query."""
        return replace(self, url=url)


def build_request(
    build: BuildRequest, endpoint: Endpoint[Any], base_url: str, call: Call, files: ExitStack
) -> httpx2.Request:
    """Make the request for `call`; files that are opened for it belong to `files`.

    Raises `ValueError` for arguments that cannot be sent and `OSError` for unreadable files.
    """
    values = _values(endpoint, call.params)
    headers = {"Accept": endpoint.accept, **_headers(endpoint, values), **call.headers}
    url = call.url or address(endpoint, base_url, values)
    if call.body is None:
        return build(endpoint.method, url, headers=headers)
    target = Target(build, endpoint.method, url, headers)
    media = choose_media(endpoint.media, call.body, call.content_type)
    body = GivenBody(media, call.body, call.content_type or media.media_type, call.progress)
    return write_body(target, body, files)


def address(endpoint: Endpoint[Any], base_url: str, values: Mapping[str, object]) -> str:
    """Return the absolute URL with path and query filled in and percent-encoded."""
    path = endpoint.path
    query: list[str] = []
    for parameter, value in _located(endpoint, values, "path"):
        path = path.replace(f"{{{parameter.name}}}", parameter.path_text(value))
    for parameter, value in _located(endpoint, values, "query"):
        query += parameter.query_members(value)
    return f"{base_url}{path}" + (f"?{'&'.join(query)}" if query else "")


def address_of(endpoint: Endpoint[Any], base_url: str, call: Call) -> str:
    """Return the absolute URL that `call` goes to."""
    return address(endpoint, base_url, _values(endpoint, call.params))


def arguments(endpoint: Endpoint[Any], by_name: Mapping[str, object]) -> object | None:
    """Make the parameters object from values by wire name."""
    if endpoint.params is None:
        return None
    known = {parameter.name: parameter.identifier for parameter in endpoint.parameters}
    made: object = endpoint.params(**{known[name]: value for name, value in by_name.items()})
    return made


def _values(endpoint: Endpoint[Any], params: object | None) -> dict[str, object]:
    """Return JSON values of the parameters that are sent, by Python name.

    Left out are None, and defaults: the server assumes them by itself (OpenAPI 3.1, 4.8.24).
    """
    if params is None:
        return {}
    dumped = endpoint.params_adapter.dump_python(params, mode="json", by_alias=True, warnings=False)
    required = {parameter.identifier for parameter in endpoint.parameters if parameter.required}
    return {
        name: value
        for name, value in dumped.items()
        if name in required
        or (value is not None and getattr(params, name) != endpoint.defaults.get(name, MISSING))
    }


def _located(
    endpoint: Endpoint[Any], values: Mapping[str, object], location: Location
) -> list[tuple[WireParameter, object]]:
    return [
        (parameter, values[parameter.identifier])
        for parameter in endpoint.parameters
        if parameter.location == location and parameter.identifier in values
    ]


def _headers(endpoint: Endpoint[Any], values: Mapping[str, object]) -> dict[str, str]:
    headers = {
        parameter.name: parameter.header_text(value)
        for parameter, value in _located(endpoint, values, "header")
    }
    cookies = [p.cookie_text(value) for p, value in _located(endpoint, values, "cookie")]
    return {**headers, "Cookie": "; ".join(cookies)} if cookies else headers

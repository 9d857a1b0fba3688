"""What do the options of `specfoundry fuzz` ask for?"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from specfoundry.fuzz.oracles.suite import ORACLES
from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.runs.shards import STAGES, Work, choose
from specfoundry.fuzz.server.hosting import HostingError, load
from specfoundry.fuzz.server.spoilt import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from specfoundry.fuzz.promises.contract import Operation

_BOUNDARIES: Final = 1
"""Boundary cases of a kind in a quick run."""
_THRIFT: Final = 10
"""Of so many variations of a question a quick run sends one."""
_QUICK: Final = ("examples", "oracles")


def read_document(spec: Path | None) -> Mapping[str, Any]:
    """Return the bundled document of a file, by default the project's own.

    Raises:
        SpecfoundryError: There is none, or it cannot be used.

    """
    from specfoundry.document.bundle import bundle_document  # noqa: PLC0415
    from specfoundry.document.load import load_document  # noqa: PLC0415
    from specfoundry.settings import load_settings  # noqa: PLC0415

    return bundle_document(load_document(spec or load_settings().spec)).node


def read_work(
    node: Mapping[str, Any], url: str, app: str, report: Path, options: Mapping[str, Any]
) -> Work:
    """Return what is to be done with the server.

    Args:
        node: The bundled document.
        url: Of the server; empty for an application.
        app: The application; empty for a server.
        report: Folder of the report.
        options: The other options by name.

    Raises:
        click.ClickException: An option is wrong, or the server cannot be reached.

    """
    names = {operation.id for operation in read_contract(node)}
    references = dict(pairs(options["references"], "--reference"))
    for reader in references:
        if reader not in names:
            _refuse(f"the document has no operation {reader!r}", "--reference")
    oracles = _oracles(options["only"])
    _check_server(url, app, options["login"])
    roles = dict(pairs(options["identities"], "--identity"))
    usual = dict(_header(text, "--header") for text in options["headers"])
    return Work(
        node=node,
        url=url,
        app=app,
        folder=str(Path.cwd()),
        report=str(report.resolve()),
        login=options["login"],
        identities={
            "": usual,
            **{role: dict([_header(text, "--identity")]) for role, text in roles.items()},
        },
        roles=callers(roles),
        references=references,
        seed=options["seed"],
        max_examples=options["max_examples"],
        boundaries=_BOUNDARIES if options["quick"] else None,
        prefix=options["prefix"] or _prefix(url),
        restart=options["restart"],
        oracles=oracles,
        thrift=_THRIFT if options["quick"] else 1,
        shrink=not options["no_shrink"],
        disposable=options["disposable"],
    )


def _prefix(url: str | None) -> str:
    """Return a prefix that nothing on a server has that may have seen other runs."""
    return f"specfoundry-{secrets.token_hex(3)}" if url else "specfoundry"


def callers(names: Iterable[str]) -> dict[str, str]:
    """Return the name of an identity by role, for identities that have one."""
    return {name: name for name in names if not name.startswith(REFUSED)}


def stages(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the stages that were asked for, the cheapest first.

    Raises:
        click.ClickException: One of them is unknown.

    """
    asked = options["phases"] or (_QUICK if options["quick"] else STAGES)
    for name in asked:
        if name not in STAGES:
            _refuse(f"{name!r} is none of {', '.join(STAGES)}", "--phase")
    if options["only"] and not options["phases"]:
        asked = ("oracles",)
    return tuple(name for name in STAGES if name in asked)


def chosen(node: Mapping[str, Any], patterns: Sequence[str]) -> list[Operation]:
    """Return the operations that were asked for.

    Raises:
        click.ClickException: There is none.

    """
    found = choose(read_contract(node), patterns)
    if not found:
        _refuse("the document has no such operation", "--operation")
    return found


def _oracles(names: Sequence[str]) -> tuple[str, ...] | None:
    for name in names:
        if name not in ORACLES:
            _refuse(f"{name!r} is none of {', '.join(ORACLES)}", "--only")
    return tuple(names) or None


def _check_server(url: str, app: str, login: str) -> None:
    """Find out early whether somebody is there: processes would each say so."""
    for option, reference in (("--app", app), ("--login", login)):
        try:
            if reference:
                load(reference)
        except HostingError as error:
            _refuse(str(error), option)
    if url:
        _reach(url)


def _reach(url: str) -> None:
    import httpx2  # noqa: PLC0415 -- not for applications

    try:
        httpx2.get(url, timeout=10)
    except (httpx2.TransportError, httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise click.ClickException(f"{url} cannot be reached: {error}") from error


def pairs(texts: Iterable[str], option: str) -> Iterable[tuple[str, str]]:
    """Yield what stands before and behind the `=` of an option's values.

    Raises:
        click.BadParameter: One of them is missing.

    """
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            _refuse(f"{name!r} is not NAME=VALUE", option)
        yield name.strip(), value.strip()


def _header(text: str, option: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        _refuse(f"{name!r} is not NAME:VALUE", option)
    return name.strip(), value.strip()


def _refuse(message: str, option: str) -> None:
    raise click.BadParameter(message, param_hint=option)

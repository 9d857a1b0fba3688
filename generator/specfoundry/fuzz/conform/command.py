"""What does `specfoundry conform` take and print?"""

from __future__ import annotations

import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

    from specfoundry.fuzz.conform.live import Outcome
    from specfoundry.fuzz.oracles.bench import Circumstances
    from specfoundry.fuzz.promises.contract import Contract

_EXAMPLE = """
\b
Examples:
  specfoundry conform https://api.example.com --spec openapi.yaml --user admin --client cf:
  specfoundry conform https://api.example.com --spec capi:openapi.json --token - --read-only --rate 5
  specfoundry conform --spec openapi.yaml --har recorded.har
"""


@click.command(
    "conform",
    short_help="Judge any live server, or recorded traffic, by a document.",
    epilog=_EXAMPLE,
)
@click.argument("url", required=False)
@click.option("--spec", help="The document: a file, or PACKAGE:FILE of an installed package.")
@click.option(
    "--har", type=click.Path(path_type=Path), help="Judge this recording instead (HAR 1.2)."
)
@click.option(
    "--token",
    envvar="SPECFOUNDRY_TOKEN",
    help="Bearer token; `-` reads it from standard input.  [env: SPECFOUNDRY_TOKEN]",
)
@click.option(
    "--user", help="Log in with this name; the password is asked for, or read from standard input."
)
@click.option(
    "--password", envvar="SPECFOUNDRY_PASSWORD", hidden=True
)  # meant for the variable: a command line can be seen by others
@click.option("--client", help="The OAuth client that logs in, as NAME or NAME:SECRET.")
@click.option("--token-url", help="Where tokens are issued; by default what the document says.")
@click.option(
    "--header", "headers", multiple=True, metavar="NAME:VALUE", help="Sent with every request."
)
@click.option(
    "--identity",
    "identities",
    multiple=True,
    metavar="ROLE=TOKEN",
    help="A caller who has this role where the references are; judges what the role may do. `refused/WHY` is a token that must not be taken, such as `refused/an expired token`.",
)
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="OPERATION=ID",
    help="Use what this operation reads under this id, and create none of its kind.",
)
@click.option("--read-only", is_flag=True, help="Change nothing.")
@click.option(
    "--prefix", help="Begins the names of what is created.  [default: conform- and 6 characters]"
)
@click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), help="Requests in a second, at most."
)
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for an answer.")
@click.option("--insecure", is_flag=True, help="Do not verify the server's certificate.")
@click.option("--only", "only", multiple=True, metavar="CHECK", help="Ask only these checks.")
@click.option(
    "--operation", "operations", multiple=True, metavar="ID", help="Judge only these operations."
)
@click.option("--seed", default=1, show_default=True, help="The same seed asks the same questions.")
@click.option(
    "--baseline",
    "baseline_file",
    type=click.Path(path_type=Path),
    help="File of accepted deviations, as `specfoundry fuzz --write-baseline` begins one.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    default=Path("build/conform"),
    show_default=True,
    help="Folder for the reports.",
)
def conform(
    url: str | None, spec: str | None, har: Path | None, report: Path, **options: Any
) -> None:
    """Judge the server at URL by a document, or recorded traffic with --har.

    Nothing is changed that the run has not created itself; that carries the prefix and is removed at
    the end, also after Ctrl-C.

    Exit code 0: it keeps the document; 1: it does not, or a mistake in the call; 2: a mistake of ours.
    """
    from specfoundry.fuzz.conform.reporting import show
    from specfoundry.fuzz.reports.baseline import Baseline, read_baseline

    if url is None and har is None:
        raise click.UsageError("say what to judge: the URL of a server, or --har FILE")
    accepted = options["baseline_file"]
    baseline = read_baseline(accepted) if accepted else Baseline()
    node = _read_document(spec)
    begun = time.monotonic()
    outcome = _judge_file(node, har, url) if har else _judge_server(node, str(url), options)
    seconds = time.monotonic() - begun
    sys.exit(
        show(
            outcome,
            node,
            report,
            seed=options["seed"],
            seconds=seconds,
            target=str(har or url),
            baseline=baseline,
        )
    )


def _judge_file(node: Mapping[str, Any], har: Path, url: str | None) -> Outcome:
    from specfoundry.fuzz.conform.har import RecordingError
    from specfoundry.fuzz.conform.recorded import judge_recording
    from specfoundry.fuzz.promises.contract import read_contract

    try:
        return judge_recording(har.read_text(encoding="utf-8"), read_contract(node), url)
    except (OSError, UnicodeDecodeError, RecordingError) as error:
        raise click.ClickException(f"{har}: {error}") from error


def _judge_server(node: Mapping[str, Any], url: str, options: Mapping[str, Any]) -> Outcome:
    import httpx2

    from specfoundry.fuzz.conform.live import examine_live
    from specfoundry.fuzz.conform.login import LoginError
    from specfoundry.fuzz.oracles.suite import ORACLES
    from specfoundry.fuzz.promises.contract import read_contract

    contract = read_contract(node)
    _check_names(contract, options)
    headers = dict(map(_header, options["headers"]))
    try:
        http = httpx2.Client(
            base_url=url,
            timeout=options["timeout"],
            verify=not options["insecure"],
            headers=headers,
        )
        with http:
            _reach(http, url)
            circumstances = _circumstances(contract, http, url, options)
            names = options["only"] or tuple(ORACLES)
            with _progress() as listen:
                return examine_live(node, http, circumstances, names, listen)
    except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
        raise click.ClickException(f"{url} is no address: {error}") from error
    except LoginError as error:
        raise click.ClickException(f"login failed: {error}") from error


def _check_names(contract: Contract, options: Mapping[str, Any]) -> None:
    from specfoundry.fuzz.oracles.suite import ORACLES

    named = [*options["operations"], *(text.partition("=")[0] for text in options["references"])]
    for name in named:
        if name not in contract.operations:
            raise click.ClickException(f"the document has no operation {name!r}")
    for name in options["only"]:
        if name not in ORACLES:
            raise click.ClickException(f"there is no check {name!r}, only {', '.join(ORACLES)}")


def _circumstances(
    contract: Contract, http: httpx2.Client, url: str, options: Mapping[str, Any]
) -> Circumstances:
    from specfoundry.fuzz.asking import callers, pairs
    from specfoundry.fuzz.conform.pace import Pace
    from specfoundry.fuzz.oracles.bench import Circumstances

    tokens = dict(pairs(options["identities"], "--identity"))
    others = {role: {"Authorization": _bearer(token)} for role, token in tokens.items()}
    rate = options["rate"]
    return Circumstances(
        identities=_identities(contract, http, url, options, others),
        roles=callers(tokens),
        seed=options["seed"],
        prefix=options["prefix"] or f"conform-{secrets.token_hex(3)}",
        read_only=options["read_only"],
        references=dict(pairs(options["references"], "--reference")),
        operations=frozenset(options["operations"]) or None,
        pause=Pace(rate) if rate else lambda: None,
        is_shared=True,
    )


def _identities(
    contract: Contract,
    http: httpx2.Client,
    url: str,
    options: Mapping[str, Any],
    others: Mapping[str, Mapping[str, str]],
) -> Mapping[str, Mapping[str, str]]:
    """Return who calls; a wrong password is told before anything else is asked."""
    from specfoundry.fuzz.conform.login import Credentials, Login, token_url

    if options["user"] is None:
        token = options["token"]
        if token == "-":  # noqa: S105 -- the usual word for standard input
            token = sys.stdin.readline().strip()
        return {"": {"Authorization": _bearer(token)} if token else {}, **others}
    where = options["token_url"] or token_url(contract, url)
    if where is None:
        raise click.ClickException(
            "the document does not say where tokens are issued: use --token-url"
        )
    name, _, secret = (options["client"] or "").partition(":")
    credentials = Credentials(
        user=options["user"],
        password=options["password"] or _password(),
        client=name,
        client_secret=secret,
        token_url=where,
    )
    login = Login(credentials, http, others)
    login.get("")
    return login


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\n")


def _bearer(token: str) -> str:
    return token if " " in token else f"Bearer {token}"


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not value.strip():
        raise click.BadParameter(f"{name!r} is not NAME:VALUE", param_hint="--header")
    return name.strip(), value.strip()


def _reach(http: httpx2.Client, url: str) -> None:
    import httpx2

    try:
        with http.stream("GET", "/"):
            pass  # any answer will do
    except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
        raise click.ClickException(f"{url} cannot be reached: {error}") from error
    except httpx2.RequestError:
        pass  # somebody is there, and what he says will be judged


def _read_document(spec: str | None) -> Mapping[str, Any]:
    from importlib.resources import as_file, files

    from specfoundry.fuzz.asking import read_document

    package, colon, name = (spec or "").partition(":")
    if spec is None or not colon or Path(spec).exists():
        return read_document(Path(spec) if spec else None)
    try:
        with as_file(files(package).joinpath(name)) as path:
            return read_document(path)
    except (ModuleNotFoundError, TypeError, ValueError) as error:
        raise click.ClickException(f"{spec}: there is no installed package {package!r}") from error


def _progress() -> Any:
    from contextlib import contextmanager, nullcontext

    if not sys.stderr.isatty():
        return nullcontext(lambda _name: None)
    from rich.console import Console

    @contextmanager
    def show() -> Any:
        with Console(stderr=True).status("starting") as status:
            yield lambda name: status.update(f"check: {name}")

    return show()

"""What can an operator do with users on the command line?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from cloud_controller.store import Transaction

CallableT = TypeVar("CallableT", bound="Callable[..., Any]")
ResultT = TypeVar("ResultT")

_EXAMPLES = """\b
Examples:
  cloud-controller users add joe@example.com
  cloud-controller users add ci --password-stdin --admin < password.txt
  cloud-controller users grant joe@example.com SpaceDeveloper --org acme --space dev
  cloud-controller users roles joe@example.com
  cloud-controller users list --data /var/lib/cloud-controller
"""

_ROLE_NAMES = {
    "orguser": "organization_user",
    "orgmanager": "organization_manager",
    "orgauditor": "organization_auditor",
    "billingmanager": "organization_billing_manager",
    "spacedeveloper": "space_developer",
    "spacemanager": "space_manager",
    "spaceauditor": "space_auditor",
    "spacesupporter": "space_supporter",
}
_ROLE_HELP = "OrgManager, SpaceDeveloper, … as `cf` writes them, or organization_manager, …"


class CommandError(click.ClickException):
    """A mistake of the operator, said as `serve` says its own."""

    def show(self, file: Any = None) -> None:
        """Print one line on standard error."""
        click.echo(f"cloud-controller: {self.format_message()}", err=True, file=file)


def data_options(command: CallableT) -> CallableT:
    """Let a command be told where the data is."""
    data = click.option(
        "--data",
        type=click.Path(path_type=Path),
        help="Data directory of the server, which may be running.  [default: .cloud-controller]",
    )
    database = click.option("--database", metavar="URL", help="sqlite:///PATH, if not in there")
    return data(database(command))


def run(where: dict[str, Any], function: Callable[[Transaction], ResultT]) -> ResultT:
    """Run `function` on the database of a data directory, or say why that cannot be."""
    from cloud_controller import settings  # noqa: PLC0415 -- heavy; --help is not
    from cloud_controller.operating import OperatingError, change  # noqa: PLC0415

    try:
        return change(settings.load(where), function)
    except (OperatingError, settings.SettingsError) as error:
        raise CommandError(str(error)) from error


def ask_secret(what: str, *, from_stdin: bool) -> str:
    """Return a secret from standard input or the terminal; never from the command line."""
    if from_stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        secret = click.prompt(what.capitalize(), hide_input=True, confirmation_prompt=True)
    else:
        raise CommandError(f"there is no terminal to ask for the {what} on; use --{what}-stdin")
    if not secret:
        raise CommandError(f"the {what} must not be empty")
    return secret


def table(rows: list[tuple[str, ...]]) -> str:
    """Return rows as columns of equal width; the first row is the head."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _role(_: click.Context, __: click.Parameter, written: str) -> str:
    plain = written.lower().replace("-", "").replace("_", "")
    by_api_name = {name.replace("_", ""): name for name in _ROLE_NAMES.values()}
    found = _ROLE_NAMES.get(plain) or by_api_name.get(plain)
    if found is None:
        raise CommandError(f"{written!r} is no role; write {', '.join(_ROLE_NAMES.values())}")
    return found


def place_options(command: CallableT) -> CallableT:
    """Let a command be told an organization and a space."""
    organization = click.option("--org", required=True, metavar="NAME", help="Organization.")
    space = click.option("--space", metavar="NAME", help="Space; for roles in one.")
    role = click.argument("role", callback=_role)
    return role(organization(space(command)))


@click.group(epilog=_EXAMPLES)
def users() -> None:
    """Show and change who may log in, also while the server runs.

    The commands work on the server's data directory. What they change counts at once; tokens that
    were given out before live on until they expire, those of removed users excepted.
    """


@users.command(epilog=_EXAMPLES)
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--email", metavar="ADDRESS", help="His address.  [default: the name]")
@click.option("--admin", "kind", flag_value="admin", help="May do everything.")
@click.option(
    "--admin-read-only", "kind", flag_value="admin_read_only", help="May read everything."
)
@click.option(
    "--global-auditor", "kind", flag_value="global_auditor", help="May read all but secrets."
)
@click.option(
    "--scope", "scopes", multiple=True, metavar="SCOPE", help="Another scope; repeatable."
)
@data_options
def add(
    name: str,
    *,
    password_stdin: bool,
    email: str | None,
    kind: str | None,
    scopes: tuple[str, ...],
    **where: Any,
) -> None:
    """Create the user NAME; the password is asked for."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    run(where, lambda transaction: accounts.refuse_taken(transaction, name))
    password = ask_secret("password", from_stdin=password_stdin)
    user = run(
        where,
        lambda transaction: accounts.add(
            transaction, name, password, kind=kind, scopes=scopes, email=email
        ),
    )
    click.echo(f"Created the user {user.user_name} ({user.guid}).")


@users.command("list")
@data_options
def list_users(**where: Any) -> None:
    """Show all users."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    click.echo(table(run(where, accounts.overview)))


@users.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Remove even the last administrator.")
@data_options
def remove(name: str, *, force: bool, **where: Any) -> None:
    """Remove the user NAME with all roles."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    run(where, lambda transaction: accounts.remove(transaction, name, force=force))
    click.echo(f"Removed the user {name}.")


@users.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@data_options
def password(name: str, *, password_stdin: bool, **where: Any) -> None:
    """Give the user NAME another password and end all sessions; it is asked for."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    run(where, lambda transaction: accounts.account(transaction, name))
    chosen = ask_secret("password", from_stdin=password_stdin)
    run(where, lambda transaction: accounts.set_password(transaction, name, chosen))
    click.echo(f"Changed the password of {name}.")


@users.command()
@click.argument("name")
@data_options
def unlock(name: str, **where: Any) -> None:
    """Let the user NAME log in again after too many wrong passwords."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    run(where, lambda transaction: accounts.unlock(transaction, name))
    click.echo(f"Unlocked {name}.")


@users.command(epilog=f"ROLE is {_ROLE_HELP}\n\n{_EXAMPLES}")
@click.argument("name")
@place_options
@data_options
def grant(name: str, role: str, *, org: str, space: str | None, **where: Any) -> None:
    """Give the user (or client) NAME a ROLE in an organization or space.

    Who gets a role in a space gets into its organization, too.
    """
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    place = accounts.Where(org, space)
    run(where, lambda transaction: accounts.grant(transaction, name, role, place))
    click.echo(f"{name} is {role} in {place}.")


@users.command(epilog=f"ROLE is {_ROLE_HELP}\n\n{_EXAMPLES}")
@click.argument("name")
@place_options
@data_options
def revoke(name: str, role: str, *, org: str, space: str | None, **where: Any) -> None:
    """Take a ROLE in an organization or space from the user (or client) NAME."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    place = accounts.Where(org, space)
    run(where, lambda transaction: accounts.revoke(transaction, name, role, place))
    click.echo(f"{name} is no longer {role} in {place}.")


@users.command()
@click.argument("name")
@data_options
def roles(name: str, **where: Any) -> None:
    """Show the roles of the user (or client) NAME."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    click.echo(table(run(where, lambda transaction: accounts.roles(transaction, name))))

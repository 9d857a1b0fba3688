"""What can an operator do with OAuth clients on the command line?"""

from __future__ import annotations

from typing import Any

import click

from cloud_controller.users_command import ask_secret, data_options, run, table

_EXAMPLES = """\b
Examples:
  cloud-controller clients add deployer --authority cloud_controller.admin
  cloud-controller clients add monitor --secret-stdin --authority cloud_controller.global_auditor
  cf auth deployer SECRET --client-credentials
  cloud-controller users grant deployer SpaceDeveloper --org acme --space dev
"""

_GRANTS = ("client_credentials", "password", "refresh_token")
_READ_WRITE = ("cloud_controller.read", "cloud_controller.write")


@click.group(epilog=_EXAMPLES)
def clients() -> None:
    """Show and change which OAuth clients may ask for tokens, also while the server runs."""


@clients.command(epilog=_EXAMPLES)
@click.argument("client_id", metavar="ID")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input.")
@click.option("--public", is_flag=True, help="No secret, as `cf` has none; only for users' grants.")
@click.option(
    "--grant-type",
    "grant_types",
    multiple=True,
    type=click.Choice(_GRANTS),
    help="What it may ask for; repeatable.  [default: client_credentials]",
)
@click.option(
    "--authority",
    "authorities",
    multiple=True,
    metavar="SCOPE",
    help="What it may do for itself; repeatable."
    "  [default: cloud_controller.read, cloud_controller.write]",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help="What users may get through it; repeatable.  [default: all that they have]",
)
@data_options
def add(
    client_id: str,
    *,
    secret_stdin: bool,
    public: bool,
    grant_types: tuple[str, ...],
    authorities: tuple[str, ...],
    scopes: tuple[str, ...],
    **where: Any,
) -> None:
    """Create the client ID; the secret is asked for."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not
    from cloud_controller.users_command import CommandError  # noqa: PLC0415

    grants = grant_types or (_GRANTS[1:] if public else _GRANTS[:1])
    if public and (secret_stdin or "client_credentials" in grants):
        raise CommandError(
            "a public client has no secret, so that anybody could be it: leave"
            " --secret-stdin and client_credentials out"
        )
    secret = "" if public else ask_secret("secret", from_stdin=secret_stdin)
    own = authorities or (() if public else _READ_WRITE)
    run(
        where,
        lambda transaction: accounts.add_client(
            transaction,
            client_id,
            secret,
            grant_types=grants,
            scopes=scopes,
            authorities=own,
        ),
    )
    click.echo(f"Created the client {client_id}.")


@clients.command("list")
@data_options
def list_clients(**where: Any) -> None:
    """Show all clients."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    click.echo(table(run(where, accounts.clients)))


@clients.command()
@click.argument("client_id", metavar="ID")
@data_options
def remove(client_id: str, **where: Any) -> None:
    """Remove the client ID with its roles."""
    from cloud_controller import accounts  # noqa: PLC0415 -- heavy; --help is not

    run(where, lambda transaction: accounts.remove_client(transaction, client_id))
    click.echo(f"Removed the client {client_id}.")

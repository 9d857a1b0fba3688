"""Which commands does `cloud-controller` have, and how are mistakes reported?

Exit codes: 0 fine, 1 the user's mistake (one line on stderr), 2 ours.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from cloud_controller import settings as settings_module
from cloud_controller.clients_command import clients
from cloud_controller.settings import SettingsError
from cloud_controller.users_command import users

_EXAMPLES = """\b
Examples:
  cloud-controller serve
  cloud-controller serve --port 0 --data /tmp/cc
  cloud-controller serve --workers 4 --external-url https://api.example.com
  CLOUD_CONTROLLER_ADMIN_PASSWORD=secret cloud-controller serve
  cloud-controller serve --uaa https://uaa.example.com
  cloud-controller users add joe@example.com
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EXAMPLES,
)
@click.version_option(version("specfoundry"), prog_name="cloud-controller")
def cli() -> None:
    """Run a Cloud Controller that answers like Cloud Foundry's, on this machine."""


@cli.command(epilog=_EXAMPLES)
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 picks a free one.  [default: 8181]")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=True),
    help="Data directory; made on the first start.  [default: .cloud-controller]",
)
@click.option("--database", metavar="URL", help="sqlite:///PATH  [default: in the data directory]")
@click.option("--blobs", metavar="URL", help="file:///PATH  [default: in the data directory]")
@click.option("--workers", type=int, help="Number of server processes.  [default: 1]")
@click.option(
    "--external-url",
    metavar="URL",
    help="Address in links and tokens.  [default: where it listens]",
)
@click.option(
    "--apps-domain",
    metavar="NAME",
    help="Shared domain that the first start makes.  [default: made of the external URL]",
)
@click.option(
    "--uaa",
    metavar="URL",
    help="UAA that issues the tokens.  [default: this server issues them itself]",
)
@click.option("--admin-user", metavar="NAME", help="User that the first start makes.")
@click.option(
    "--admin-password",
    metavar="TEXT",
    help="That user's password; better set CLOUD_CONTROLLER_ADMIN_PASSWORD, which ps does not show.",
)
@click.option("--max-package-size", type=int, metavar="BYTES", help="Largest uncompressed package.")
@click.option("--max-upload-size", type=int, metavar="BYTES", help="Largest upload.")
@click.option("--max-json-size", type=int, metavar="BYTES", help="Largest other request body.")
@click.option(
    "--staging",
    type=click.Choice(settings_module.STAGING_WAYS),
    help="Where buildpacks run; off: nowhere.  [default: sandboxed]",
)
@click.option(
    "--staging-timeout", type=float, metavar="SECONDS", help="Longest staging.  [default: 900]"
)
@click.option(
    "--staging-network",
    is_flag=True,
    default=None,
    help="Let sandboxed buildpacks reach the network.",
)
@click.option("--job-delay", type=float, metavar="SECONDS", help="Let jobs begin later; for tests.")
@click.option(
    "--lockout-failures", type=int, metavar="N", help="Wrong passwords that lock a user; 0: never."
)
@click.option("--strict", is_flag=True, default=None, help="Send only what the contract documents.")
@click.option("--verbose", "-v", is_flag=True, help="Log every request.")
def serve(*, verbose: bool, **options: Any) -> None:
    """Start the server.

    Every option can also be set in the environment, such as CLOUD_CONTROLLER_PORT=8080; options
    win. The first line on standard output is "Listening on URL". The first start makes the user
    admin with the password admin (unless you say otherwise), the stack cflinuxfs4 and a domain for
    apps.
    """
    from cloud_controller.serving import ServingError, run  # noqa: PLC0415 -- heavy; --help is not

    try:
        run(settings_module.load(options), verbose=verbose)
    except (SettingsError, ServingError) as error:
        click.echo(f"cloud-controller: {error}", err=True)
        sys.exit(1)


cli.add_command(users)
cli.add_command(clients)


def main() -> None:
    """Run the command line."""
    try:
        cli.main(prog_name="cloud-controller", standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except click.Abort:
        sys.exit(1)

"""Which template makes which file, and for what?

The table of the generated Python. The site of docs has its own: its addresses depend on what the
document names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Output:
    """One template and where its text goes, below the generated package."""

    template: str
    destination: str
    """With `{module}` where there is one file for each tag."""
    each: Literal["api", "tag"] = "api"


OUTPUTS: Final = (
    Output("operations/package.py.jinja", "__init__.py"),
    Output("operations/init.py.jinja", "operations/__init__.py"),
    Output("operations/errors.py.jinja", "operations/errors.py"),
    Output("operations/tag.py.jinja", "operations/{module}.py", "tag"),
    Output("server/init.py.jinja", "server/__init__.py"),
    Output("server/app.py.jinja", "server/app.py"),
    Output("server/routes.py.jinja", "server/routes.py"),
    Output("server/tag.py.jinja", "server/{module}.py", "tag"),
    Output("client/init.py.jinja", "client/__init__.py"),
    Output("client/client.py.jinja", "client/client.py"),
    Output("client/answers.py.jinja", "client/_answers.py"),
    Output("client/group.py.jinja", "client/{module}.py", "tag"),
)
_DESTINATIONS: Final = {output.template: output.destination for output in OUTPUTS}


def destination(template: str, module: str = "") -> str:
    """Return the path of what a template makes; `module` is the tag's module, if it is for a tag."""
    return _DESTINATIONS[template].format(module=module)

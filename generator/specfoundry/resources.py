"""Where do the files lie that ship with the toolchain?

The only module that asks where it lies itself (style: one user of `__file__`).
"""

from __future__ import annotations

from pathlib import Path

from specfoundry.errors import SpecfoundryError

_HERE = Path(__file__).resolve().parent


def package_folder() -> Path:
    """Return the folder of the toolchain's own modules."""
    return _HERE


def templates() -> Path:
    """Return the folder of the templates: inside the package (wheel), else in the checkout.

    Raises:
        SpecfoundryError: The installation is broken, there is no such folder.
    """
    for folder in (_HERE / "templates", _HERE.parent.parent / "templates"):
        if folder.is_dir():
            return folder
    raise SpecfoundryError("The templates are missing: install specfoundry again.")


def extension_schemas() -> Path:
    """Return the JSON Schemas of the extensions (`x-…`) that the rules check."""
    return _HERE / "rules" / "extensions.schema.json"

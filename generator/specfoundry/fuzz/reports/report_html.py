"""What does a report look like to a person with a browser?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from specfoundry.resources import templates

if TYPE_CHECKING:
    from specfoundry.fuzz.reports.report import FuzzReport


def to_html(report: FuzzReport) -> str:
    """Return a report as one HTML file that needs no other."""
    environment = Environment(
        loader=FileSystemLoader([str(templates() / "fuzz")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja").render(report=report)

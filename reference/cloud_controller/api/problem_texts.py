"""What does an error say where the real API's texts say nothing?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_controller.api import error_table as table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specfoundry.runtime.problems import Problem


def said(problems: Iterable[Problem]) -> str:
    """Return a text made of the problems themselves, each once; never an empty one."""
    texts = (f"{_place(problem)} {problem.message}" for problem in problems)
    return ", ".join(dict.fromkeys(texts)) or table.INVALID_REQUEST.text


def _place(problem: Problem) -> str:
    members = problem.pointer.lstrip("/").replace("/", ".")
    return ".".join(filter(None, (problem.name, members))) or problem.location

"""Is a document right? Every rule yields findings; the table says which rules apply when."""

from __future__ import annotations

from specfoundry.rules.table import check

__all__ = ["check"]

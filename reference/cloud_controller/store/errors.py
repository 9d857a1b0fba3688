"""What can go wrong between the server and its database?"""

from __future__ import annotations


class StoreError(Exception):
    """The database could not do what was asked; the text is one line fit for an operator."""


class DatabaseUnusableError(StoreError):
    """The database cannot be opened: corrupt, foreign, newer than this program, not writable."""


class DatabaseBusyError(StoreError):
    """Another writer held the database longer than the busy timeout; the caller may try again."""


class StillReferencedError(StoreError):
    """A row that others point at was to be removed, or a row points at one that is not there."""


class DuplicateError(StoreError):
    """A unique index refused a row; the text names the columns."""

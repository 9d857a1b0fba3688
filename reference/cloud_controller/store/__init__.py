"""Where does the reference Cloud Controller keep its resources?

`Database` is the door. Everything is read through a function over a `Reader` and changed through a
function over a `Transaction`, so that the same code runs on SQLite and, later, on PostgreSQL:

    record  = await database.read(lambda reader: reader.record(PACKAGES, guid))
    page    = await database.read(lambda reader: reader.page(ListQuery(PACKAGES, limit=50, offset=0)))
    created = await database.write(create_package)      # def create_package(transaction): ...

A resource is *presented on write*: its JSON document is stored beside its columns and lists join the
stored bytes. `documents.BASE_URL` stands for the external address while presenting.
"""

from cloud_controller.store.database import Database
from cloud_controller.store.documents import BASE_URL, reveal
from cloud_controller.store.entities import (
    APPS,
    BUILDPACKS,
    ORGANIZATIONS,
    PACKAGES,
    SPACES,
    STACKS,
    Entity,
)
from cloud_controller.store.errors import (
    DatabaseBusyError,
    DatabaseUnusableError,
    DuplicateError,
    StillReferencedError,
    StoreError,
)
from cloud_controller.store.metadata import Label, LabelKey, Metadata
from cloud_controller.store.query import (
    Compare,
    Filter,
    In,
    Labels,
    ListQuery,
    Order,
    Page,
    Requirement,
    Seconds,
    VisibleTo,
)
from cloud_controller.store.reader import Reader
from cloud_controller.store.records import (
    AppRecord,
    BuildpackRecord,
    OrganizationRecord,
    PackageRecord,
    Record,
    SpaceRecord,
    StackRecord,
)
from cloud_controller.store.transaction import Transaction

__all__ = [
    "APPS",
    "BASE_URL",
    "BUILDPACKS",
    "ORGANIZATIONS",
    "PACKAGES",
    "SPACES",
    "STACKS",
    "AppRecord",
    "BuildpackRecord",
    "Compare",
    "Database",
    "DatabaseBusyError",
    "DatabaseUnusableError",
    "DuplicateError",
    "Entity",
    "Filter",
    "In",
    "Label",
    "LabelKey",
    "Labels",
    "ListQuery",
    "Metadata",
    "Order",
    "OrganizationRecord",
    "PackageRecord",
    "Page",
    "Reader",
    "Record",
    "Requirement",
    "Seconds",
    "SpaceRecord",
    "StackRecord",
    "StillReferencedError",
    "StoreError",
    "Transaction",
    "VisibleTo",
    "reveal",
]

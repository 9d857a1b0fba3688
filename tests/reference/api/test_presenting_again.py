"""Do resources look the same after a migration has emptied their documents?"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from cloud_controller.present.again import PRESENTERS, present_again
from cloud_controller.store import entities

if TYPE_CHECKING:
    from cloud_controller.store import Transaction

Documents = dict[tuple[str, str, str], str]


def documents(transaction: Transaction) -> Documents:
    """Return every document by table, column and guid."""
    return {
        (entity.table.name, column, guid): document
        for entity in PRESENTERS
        for column in entity.documents
        for guid, document in transaction.query(
            f"SELECT guid, {column} FROM {entity.table.name}",  # noqa: S608 -- names of our own
            {},
        )
    }


def empty(transaction: Transaction) -> None:
    for entity in PRESENTERS:
        for column in entity.documents:
            transaction.execute(
                f"UPDATE {entity.table.name} SET {column} = ''",  # noqa: S608 -- names of our own
                {},
            )


def test_every_presented_resource_can_be_presented_again() -> None:
    presented = {entity.table.name for entity in entities.ALL if entity.has_document}

    assert presented == {entity.table.name for entity in PRESENTERS}


def test_documents_come_back_as_they_were(start: Any) -> None:
    cloud = start(job_delay=3600)
    place = cloud.place()
    cloud.with_role("space_developer", place)
    cloud.create("droplets", cloud.related("app", place.app))
    image = cloud.app(place.space, lifecycle={"type": "docker", "data": {}})
    package = cloud.package(image, type="docker", data={"image": "i"})
    labels = {"metadata": {"labels": {"a": "b"}}}
    cloud.create("builds", {"package": {"guid": package}, **labels})
    cloud.package(place.app, metadata={"labels": {"a": "b"}})
    cloud.admin.post("/v2/buildpacks", json={"name": f"b-{uuid.uuid4()}"})
    cloud.admin.patch(f"/v3/spaces/{place.space}", json={"metadata": {"annotations": {"c": "d"}}})

    before = cloud.write(documents)
    cloud.write(empty)
    assert set(cloud.write(documents).values()) == {""}
    assert cloud.write(present_again) > 0
    assert cloud.write(documents) == before
    assert cloud.write(present_again) == 0

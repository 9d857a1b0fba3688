"""What does an app's log say of what was done to the app?

The `cf` command line follows the log of an app from its last line on: were there no line before
staging begins, then it would not show what staging printed.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from cloud_controller.api import log_rows
from cloud_controller.store import clock
from cloud_controller.store.records import LogLineRecord

if TYPE_CHECKING:
    from cloud_controller.store import Transaction

API: Final = "API"
"""The source type of what the Cloud Controller itself says."""

_TEXTS: Final = {
    "audit.app.create": "Created app with guid {}",
    "audit.app.update": "Updated app with guid {}",
    "audit.app.start": "Starting app with guid {}",
    "audit.app.stop": "Stopping app with guid {}",
    "audit.app.restart": "Restarting app with guid {}",
    "audit.app.package.create": "Adding app package for app with guid {}",
    "audit.app.package.upload": "Uploading app package for app with guid {}",
    "audit.app.build.create": "Creating build for app with guid {}",
}


def tell(transaction: Transaction, event_type: str, app_guid: str) -> None:
    """Store the line that belongs to an audit event, if one does."""
    text = _TEXTS.get(event_type)
    if text is None:
        return
    moment = clock.now()
    line = LogLineRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        source_guid=app_guid,
        instance="0",
        timestamp=max(time.time_ns(), log_rows.newest(transaction, app_guid) + 1),
        stream="OUT",
        source_type=API,
        payload=base64.b64encode(text.format(app_guid).encode()).decode(),
    )
    log_rows.append(transaction, app_guid, [line])

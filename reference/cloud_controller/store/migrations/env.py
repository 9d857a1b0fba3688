"""Which connection and which tables does Alembic work with?"""

from __future__ import annotations

from alembic import context

from cloud_controller.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()

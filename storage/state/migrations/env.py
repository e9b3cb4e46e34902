"""Alembic's entry: runs on the connection it is handed, inside the transaction that is already open."""

from alembic import context

from storage.state.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes tables by rebuilding them
    transactional_ddl=True,  # SQLite too can undo a CREATE TABLE
)
with context.begin_transaction():
    context.run_migrations()

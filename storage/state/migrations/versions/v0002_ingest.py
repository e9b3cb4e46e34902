"""Clocks and calibrations of devices; frames that arrived; discovered sensors; radio."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("devices", sa.Column("clock", sa.Text(), server_default="device", nullable=False))
    op.add_column("devices", sa.Column("max_skew_s", sa.Integer(), server_default="300", nullable=False))
    op.add_column("mountings", sa.Column("calibrations", sa.Text(), server_default="[]", nullable=False))
    op.create_table(
        "frames",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("gateway_id", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "session", "block", "gateway_id", name="pk_frames"),
    )
    op.create_index("ix_frames_last_ms", "frames", ["last_ms"])
    op.create_table(
        "discoveries",
        sa.Column("config_topic", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), server_default="", nullable=False),
        sa.Column("state_topic", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("config_topic", name="pk_discoveries"),
    )
    op.create_table(
        "device_radio",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("application", sa.Text(), server_default="", nullable=False),
        sa.Column("spreading_factor", sa.Integer(), nullable=True),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("wanted_interval_s", sa.Integer(), nullable=True),
        sa.Column("sent_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("device_id", name="pk_device_radio"),
    )

"""rhythm: readers' own days and hours, filters, alerts, reminders, mails that no window asked for

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import store.types

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
PURPOSE = sa.Enum(
    'digest', 'alert', 'quiet', 'confirm', 'link', name='purpose', native_enum=False, length=32
)
MOMENT = store.types.UtcDateTime(timezone=True)


def added() -> dict[str, tuple[sa.Column, ...]]:
    return {
        'subscriber': (
            sa.Column('weekday', sa.String(), nullable=True),
            sa.Column('hour', sa.Integer(), nullable=True),
            sa.Column('wants_alerts', sa.Boolean(), nullable=False, server_default=sa.true()),
            sa.Column('wants_reminders', sa.Boolean(), nullable=False, server_default=sa.true()),
            sa.Column('wants_quiet_notes', sa.Boolean(), nullable=False, server_default=sa.true()),
        ),
        'subscription': (
            sa.Column('scheduled_at', MOMENT, nullable=True),
            sa.Column('programmes', JSON, nullable=False, server_default='[]'),
            sa.Column('action_types', JSON, nullable=False, server_default='[]'),
            sa.Column('least_band', sa.String(), nullable=False, server_default='possible'),
        ),
        'digest_run': (sa.Column('finished_at', MOMENT, nullable=True),),
        'message': (
            sa.Column('purpose', PURPOSE, nullable=False, server_default='digest'),
        ),
        'message_item': (sa.Column('reminder', sa.String(), nullable=True),),
    }


def upgrade() -> None:
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)
    op.execute('UPDATE subscription SET scheduled_at = created_at')
    with op.batch_alter_table('subscription') as table:
        table.alter_column('scheduled_at', existing_type=MOMENT, nullable=False)
    with op.batch_alter_table('message') as table:
        table.alter_column('digest_run_id', existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table('digest_run') as table:
        table.drop_constraint('uq_digest_run_cadence_window_end', type_='unique')
        table.create_unique_constraint(
            'uq_digest_run_cadence_window_start_window_end', ['cadence', 'window_start', 'window_end']
        )


def downgrade() -> None:
    for child in ('message_body', 'message_item', 'bounce'):  # SQLite cascades nothing here
        op.execute(
            f'DELETE FROM {child} WHERE message_id IN'
            ' (SELECT id FROM message WHERE digest_run_id IS NULL)'
        )
    op.execute('DELETE FROM message WHERE digest_run_id IS NULL')
    op.execute("UPDATE subscription SET cadence = 'daily' WHERE cadence = 'instant'")
    first = (
        'SELECT min(other.id) FROM digest_run AS own JOIN digest_run AS other'
        ' ON other.cadence = own.cadence AND other.window_end = own.window_end'
    )
    op.execute(f'UPDATE message SET digest_run_id = ({first} WHERE own.id = message.digest_run_id)')
    op.execute(f'DELETE FROM digest_run WHERE id NOT IN ({first} GROUP BY own.id)')
    with op.batch_alter_table('digest_run') as table:
        table.drop_constraint('uq_digest_run_cadence_window_start_window_end', type_='unique')
        table.create_unique_constraint('uq_digest_run_cadence_window_end', ['cadence', 'window_end'])
    with op.batch_alter_table('message') as table:
        table.alter_column('digest_run_id', existing_type=sa.Integer(), nullable=False)
    for table, columns in reversed(added().items()):
        for column in reversed(columns):
            op.drop_column(table, column.name)

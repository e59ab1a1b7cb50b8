"""the desk: which version an act saw, who looks after a match, until when it is put off

Revision ID: 0009
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import store.types

revision = '0009'
down_revision = '0007'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
MOMENT = store.types.UtcDateTime(timezone=True)
UNDOES = 'fk_review_undoes_id_review'


def upgrade() -> None:
    with op.batch_alter_table('match') as table:
        table.add_column(
            sa.Column('review_version', sa.Integer(), nullable=False, server_default='0')
        )
        table.add_column(sa.Column('assignee', sa.String(), nullable=True))
        table.add_column(sa.Column('snoozed_until', MOMENT, nullable=True))
        table.add_column(
            sa.Column('by_hand', sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.create_index('ix_match_assignee', ['assignee'])
        table.create_index(
            'ix_match_queue', ['current', 'percentile', 'id', 'review_status', 'snoozed_until']
        )
    op.execute(
        'UPDATE match SET review_version ='
        ' (SELECT count(*) FROM review WHERE review.match_id = match.id)'
    )
    with op.batch_alter_table('review') as table:
        table.add_column(sa.Column('assignee', sa.String(), nullable=True))
        table.add_column(sa.Column('until', MOMENT, nullable=True))
        table.add_column(sa.Column('undoes_id', sa.Integer(), nullable=True))
        table.add_column(sa.Column('replaced', JSON, nullable=False, server_default='{}'))
        table.create_foreign_key(UNDOES, 'review', ['undoes_id'], ['id'], ondelete='SET NULL')
        table.create_index('ix_review_at', ['at'])


def downgrade() -> None:
    op.execute("DELETE FROM review WHERE decision IN ('comment', 'assign', 'snooze', 'undo')")
    op.execute("UPDATE match SET review_status = 'pending' WHERE review_status = 'snoozed'")
    with op.batch_alter_table('review') as table:
        table.drop_index('ix_review_at')
        table.drop_constraint(UNDOES, type_='foreignkey')
        for column in ('replaced', 'undoes_id', 'until', 'assignee'):
            table.drop_column(column)
    with op.batch_alter_table('match') as table:
        table.drop_index('ix_match_queue')
        table.drop_index('ix_match_assignee')
        for column in ('by_hand', 'snoozed_until', 'assignee', 'review_version'):
            table.drop_column(column)

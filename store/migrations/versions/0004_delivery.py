"""delivery: bodies apart from states, silences and crashes counted, bounces

Columns are added and dropped in place: a table rebuilt by SQLite would take its children with it.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import store.types

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

KIND = sa.Enum('hard', 'soft', 'complaint', name='bouncekind', native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        'message_body',
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ['message_id'], ['message.id'], name='fk_message_body_message_id_message', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('message_id', name='pk_message_body'),
    )
    op.execute('INSERT INTO message_body (message_id, content) SELECT id, body FROM message')
    op.drop_column('message', 'body')
    op.add_column('message', sa.Column('silences', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('message', sa.Column('crashes', sa.Integer(), nullable=False, server_default='0'))
    # a claim used to keep the moment; one without it was the one repetition of what was in doubt
    op.execute(
        "UPDATE message SET silences = 1 WHERE state = 'in_doubt'"
        " OR (state = 'claimed' AND next_attempt_at IS NULL)"
    )
    op.execute("UPDATE message SET next_attempt_at = NULL WHERE state = 'claimed'")
    op.create_index('ix_message_next_attempt_at', 'message', ['next_attempt_at', 'id'])
    op.create_index('ix_message_claimed_at', 'message', ['claimed_at'])
    op.create_table(
        'bounce',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=True),
        sa.Column('kind', KIND, nullable=False),
        sa.Column('status', sa.String(), nullable=False),
        sa.Column('at', store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column('report', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ['subscriber_id'], ['subscriber.id'], name='fk_bounce_subscriber_id_subscriber', ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['message_id'], ['message.id'], name='fk_bounce_message_id_message', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name='pk_bounce'),
        sa.UniqueConstraint('report', name='uq_bounce_report'),
    )
    op.create_index('ix_bounce_subscriber_id', 'bounce', ['subscriber_id'])
    op.create_index('ix_bounce_message_id', 'bounce', ['message_id'])


def downgrade() -> None:
    op.drop_table('bounce')
    op.drop_index('ix_message_claimed_at', 'message')
    op.drop_index('ix_message_next_attempt_at', 'message')
    op.execute(
        "UPDATE message SET next_attempt_at = claimed_at WHERE state = 'claimed' AND silences = 0"
    )
    op.drop_column('message', 'crashes')
    op.drop_column('message', 'silences')
    op.add_column('message', sa.Column('body', sa.LargeBinary(), nullable=False, server_default=''))
    op.execute(
        'UPDATE message SET body = (SELECT content FROM message_body'
        ' WHERE message_body.message_id = message.id)'
    )
    op.drop_table('message_body')

"""accounts: who is signed in, and the names that providers of OpenID Connect know people by

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import store.types

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

MOMENT = store.types.UtcDateTime(timezone=True)


def subscriber_of(table: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_subscriber_id_subscriber'
    return sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name, ondelete='CASCADE')


def upgrade() -> None:
    op.create_table(
        'sign_in',
        sa.Column('secret_hash', sa.String(), nullable=False),
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('began_at', MOMENT, nullable=False),
        sa.Column('seen_at', MOMENT, nullable=False),
        subscriber_of('sign_in'),
        sa.PrimaryKeyConstraint('secret_hash', name='pk_sign_in'),
    )
    op.create_index('ix_sign_in_subscriber_id', 'sign_in', ['subscriber_id'])
    op.create_table(
        'identity',
        sa.Column('issuer', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('linked_at', MOMENT, nullable=False),
        subscriber_of('identity'),
        sa.PrimaryKeyConstraint('issuer', 'subject', name='pk_identity'),
    )
    op.create_index('ix_identity_subscriber_id', 'identity', ['subscriber_id'])


def downgrade() -> None:
    op.drop_table('identity')
    op.drop_table('sign_in')

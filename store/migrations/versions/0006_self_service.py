"""self-service: links that work once, proof of consent, how often was asked

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import store.types

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
MOMENT = store.types.UtcDateTime(timezone=True)
PURPOSE = sa.Enum(
    'digest', 'alert', 'quiet', 'confirm', 'link', name='purpose', native_enum=False, length=32
)
ACT = sa.Enum('given', 'changed', 'withdrawn', name='consentact', native_enum=False, length=32)


def subscriber_of(table: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_subscriber_id_subscriber'
    return sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name, ondelete='CASCADE')


def upgrade() -> None:
    op.add_column(
        'subscriber', sa.Column('link_number', sa.Integer(), nullable=False, server_default='0')
    )
    op.create_table(
        'issued_token',
        sa.Column('secret_hash', sa.String(), nullable=False),
        sa.Column('purpose', PURPOSE, nullable=False),
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('issued_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('used_at', MOMENT, nullable=True),
        sa.Column('wish', JSON, nullable=False),
        subscriber_of('issued_token'),
        sa.PrimaryKeyConstraint('secret_hash', name='pk_issued_token'),
    )
    op.create_index('ix_issued_token_subscriber_id', 'issued_token', ['subscriber_id'])
    op.create_table(
        'consent',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subscriber_id', sa.Integer(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('act', ACT, nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.Column('wording', sa.Text(), nullable=False),
        subscriber_of('consent'),
        sa.PrimaryKeyConstraint('id', name='pk_consent'),
    )
    op.create_index('ix_consent_subscriber_id', 'consent', ['subscriber_id'])
    op.create_table(
        'rate_count',
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('window_start', MOMENT, nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('key', 'window_start', name='pk_rate_count'),
    )
    op.create_index('ix_rate_count_window_start', 'rate_count', ['window_start'])


def downgrade() -> None:
    op.drop_table('rate_count')
    op.drop_table('consent')
    op.drop_table('issued_token')
    op.drop_column('subscriber', 'link_number')

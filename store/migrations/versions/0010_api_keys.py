"""keys to the API: what they open, until when, when they were last used

Revision ID: 0010
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import store.types

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
MOMENT = store.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        'api_key',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('secret_hash', sa.String(), nullable=False),
        sa.Column('profiles', JSON, nullable=False),
        sa.Column('departments', JSON, nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('revoked_at', MOMENT, nullable=True),
        sa.Column('last_used_at', MOMENT, nullable=True),
        sa.PrimaryKeyConstraint('id', name='pk_api_key'),
        sa.UniqueConstraint('secret_hash', name='uq_api_key_secret_hash'),
    )


def downgrade() -> None:
    op.drop_table('api_key')

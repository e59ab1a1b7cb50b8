"""applications: that a group plans to apply, applied, and with what result

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import store.types

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'application',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('profile_id', sa.Integer(), nullable=False),
        sa.Column('opportunity_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(32), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('amount_eur', sa.Numeric(16, 2), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('at', store.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column('by', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ['profile_id'], ['profile.id'], name='fk_application_profile_id_profile', ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['opportunity_id'], ['opportunity.id'],
            name='fk_application_opportunity_id_opportunity', ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name='pk_application'),
    )
    op.create_index('ix_application_pair', 'application', ['profile_id', 'opportunity_id', 'id'])
    op.create_index('ix_application_opportunity_id', 'application', ['opportunity_id'])
    op.create_index('ix_application_day', 'application', ['day'])


def downgrade() -> None:
    op.drop_table('application')

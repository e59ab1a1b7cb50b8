"""trusted matching

Columns are added and dropped in place: a table rebuilt by SQLite would take its children with it.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
BASIS = sa.Enum('theme', 'rule', name='basis', native_enum=False, length=32)

def added() -> dict[str, tuple[sa.Column, ...]]:
    return {
        'profile': (
            sa.Column('career_stages', JSON, nullable=False, server_default='[]'),
            sa.Column('budget_min_eur', sa.Numeric(precision=16, scale=2), nullable=True),
            sa.Column('budget_max_eur', sa.Numeric(precision=16, scale=2), nullable=True),
        ),
        'match': (
            sa.Column('basis', BASIS, nullable=False, server_default='theme'),
            sa.Column('probability', sa.Double(), nullable=True),
            sa.Column('parts', JSON, nullable=False, server_default='[]'),
            sa.Column('features', JSON, nullable=False, server_default='{}'),
            sa.Column('against', JSON, nullable=False, server_default='[]'),
        ),
    }


def upgrade() -> None:
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)


def downgrade() -> None:
    for table, columns in reversed(added().items()):
        for column in reversed(columns):
            op.drop_column(table, column.name)

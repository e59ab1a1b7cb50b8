"""versions of profiles, what their files said last, when they were looked at and retired

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import store.types

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
MOMENT = store.types.UtcDateTime(timezone=True)

LISTS = (
    'keywords', 'excluded_keywords', 'facets', 'programmes', 'action_types', 'roles',
    'career_stages', 'goals',
)
PLAIN = ('name', 'department', 'text', 'owner')

PROFILE = sa.table(
    'profile',
    sa.column('id', sa.Integer),
    *(sa.column(name, JSON) for name in LISTS),
    *(sa.column(name, sa.String) for name in PLAIN),
    sa.column('budget_min_eur', sa.Numeric(16, 2)),
    sa.column('budget_max_eur', sa.Numeric(16, 2)),
    sa.column('review_policy', sa.String),
    sa.column('review_threshold', sa.Float),
    sa.column('version', sa.Integer),
    sa.column('updated_at', MOMENT),
    sa.column('imported', JSON),
)


def upgrade() -> None:
    version = op.create_table(
        'profile_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('profile_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('by', sa.String(), nullable=True),
        sa.Column('origin', sa.String(length=32), nullable=False),
        sa.Column('content', JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ['profile_id'], ['profile.id'],
            name='fk_profile_version_profile_id_profile', ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name='pk_profile_version'),
        sa.UniqueConstraint('profile_id', 'number', name='uq_profile_version_profile_id_number'),
    )
    with op.batch_alter_table('profile') as batch:
        batch.add_column(sa.Column('imported', JSON, nullable=False, server_default='{}'))
        batch.add_column(sa.Column('looked_at', MOMENT, nullable=True))
        batch.add_column(sa.Column('retired_at', MOMENT, nullable=True))
    with op.batch_alter_table('profile') as batch:
        batch.alter_column('imported', server_default=None)
    _keep_what_is_there(version)


def _keep_what_is_there(version: sa.Table) -> None:
    """Let every profile have one version, which its file said: nothing else made profiles."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(PROFILE)).mappings().all():
        content = _content(row)
        connection.execute(
            sa.update(PROFILE).where(PROFILE.c.id == row['id']).values(imported=content)
        )
        connection.execute(
            sa.insert(version).values(
                profile_id=row['id'], number=row['version'], at=row['updated_at'], by=None,
                origin='file', content=content,
            )
        )


def _content(row: sa.RowMapping) -> dict[str, object]:
    least, most = row['budget_min_eur'], row['budget_max_eur']
    return {
        **{name: row[name] for name in (*PLAIN, *LISTS)},
        'budget_eur': {
            'least': None if least is None else str(least),
            'most': None if most is None else str(most),
        },
        'review': {'policy': row['review_policy'], 'threshold': row['review_threshold']},
    }


def downgrade() -> None:
    with op.batch_alter_table('profile') as batch:
        batch.drop_column('retired_at')
        batch.drop_column('looked_at')
        batch.drop_column('imported')
    op.drop_table('profile_version')

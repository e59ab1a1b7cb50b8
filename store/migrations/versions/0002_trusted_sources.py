"""trusted sources

Columns are added and dropped in place: a table rebuilt by SQLite would take its children with it.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import store.types

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql')
ENDPOINT = sa.Enum('search_api', 'reference_file', 'topic_details', 'configuration', name='endpoint', native_enum=False, length=32)

def added() -> dict[str, tuple[sa.Column, ...]]:
    return {
        'crawl_run': (
            sa.Column('closed', sa.Integer(), nullable=False, server_default='0'),
            sa.Column('withdrawn', sa.Integer(), nullable=False, server_default='0'),
            sa.Column('leftovers', sa.Integer(), nullable=False, server_default='0'),
            sa.Column('notes', JSON, nullable=False, server_default='[]'),
            sa.Column('endpoint', ENDPOINT, nullable=False, server_default='search_api'),
            sa.Column('fill_rates', JSON, nullable=False, server_default='{}'),
            sa.Column('shape', JSON, nullable=False, server_default='{}'),
        ),
        'cutoff': (
            sa.Column('verified', sa.Boolean(), nullable=False, server_default=sa.true()),
            sa.Column('note', sa.String(), nullable=False, server_default=''),
        ),
        'match': (
            sa.Column('eligibility', JSON, nullable=False, server_default='{}'),
        ),
        'opportunity': (
            sa.Column('parent_reference', sa.String(), nullable=True),
            sa.Column('confirmed_by', ENDPOINT, nullable=False, server_default='search_api'),
            sa.Column('withdrawn_at', store.types.UtcDateTime(timezone=True), nullable=True),
        ),
    }


def upgrade() -> None:
    op.create_table('crawl_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('crawl_run_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('content_type', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('received_at', store.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['crawl_run_id'], ['crawl_run.id'], name=op.f('fk_crawl_answer_crawl_run_id_crawl_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crawl_answer'))
    )
    op.create_index(op.f('ix_crawl_answer_crawl_run_id'), 'crawl_answer', ['crawl_run_id'])
    op.create_index(op.f('ix_crawl_answer_received_at'), 'crawl_answer', ['received_at'])
    op.create_index(op.f('ix_crawl_answer_sha256'), 'crawl_answer', ['sha256'])
    for table, columns in added().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(op.f('ix_opportunity_parent_reference'), 'opportunity', ['parent_reference'])


def downgrade() -> None:
    op.drop_index(op.f('ix_opportunity_parent_reference'), table_name='opportunity')
    for table, columns in reversed(added().items()):
        for column in reversed(columns):
            op.drop_column(table, column.name)
    op.drop_table('crawl_answer')

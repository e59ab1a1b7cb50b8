"""indexes of the desk: queue, deadlines ahead, reopened and unmatched read no long row

Revision ID: 0013
Revises: 0012
"""

from alembic import op
from sqlalchemy import text

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

ASKED = [
    'percentile', 'id', 'review_status', 'snoozed_until',
    'profile_id', 'opportunity_id', 'band', 'assignee', 'current',
]
STANDING = ['opportunity_id', 'current', 'review_status', 'snoozed_until', 'percentile']
BEFORE = ['current', 'percentile', 'id', 'review_status', 'snoozed_until']


def upgrade() -> None:
    op.drop_index('ix_match_queue', 'match')
    op.create_index(
        'ix_match_queue',
        'match',
        ASKED,
        sqlite_where=text('current = 1'),
        postgresql_where=text('current'),
    )
    op.drop_index('ix_match_review_status', 'match')
    op.drop_index('ix_match_opportunity_id', 'match')
    op.create_index('ix_match_opportunity', 'match', STANDING)
    op.drop_index('ix_opportunity_programme', 'opportunity')
    op.create_index('ix_opportunity_offer', 'opportunity', ['programme', 'status', 'withdrawn_at'])
    op.drop_index('ix_cutoff_deadline', 'cutoff')
    op.create_index('ix_cutoff_ahead', 'cutoff', ['deadline', 'open_to', 'opportunity_id'])
    op.create_index('ix_review_decision', 'review', ['decision', 'match_id'])


def downgrade() -> None:
    op.drop_index('ix_review_decision', 'review')
    op.drop_index('ix_cutoff_ahead', 'cutoff')
    op.create_index('ix_cutoff_deadline', 'cutoff', ['deadline'])
    op.drop_index('ix_opportunity_offer', 'opportunity')
    op.create_index('ix_opportunity_programme', 'opportunity', ['programme'])
    op.drop_index('ix_match_opportunity', 'match')
    op.create_index('ix_match_opportunity_id', 'match', ['opportunity_id'])
    op.create_index('ix_match_review_status', 'match', ['review_status'])
    op.drop_index('ix_match_queue', 'match')
    op.create_index('ix_match_queue', 'match', BEFORE)

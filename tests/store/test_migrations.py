from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from store.db import downgrade, upgrade
from store.models import Base, Basis, Match, Message, Purpose, Subscription

OPPORTUNITY = """
INSERT INTO opportunity (
    id, reference, source, kind, topic_id, call_id, call_title, title, status, programme,
    action_types, action_labels, grant_agreements, opens_on, deadline_model, budget_shared_by,
    sections, conditions, destination, keywords, tags, priorities, divisions, news, url,
    content_hash, first_seen_at, last_seen_at, last_changed_at
) VALUES (
    1, '1TOPICSen', 'horizon_europe', 'topic', 'HORIZON-X', 'HORIZON', '', 'A topic', 'open',
    'horizon_europe', '[]', '[]', '[]', '2026-05-05', 'single-stage', 0, '[]', '[]', '', '[]',
    '[]', '[]', '[]', '[]', '', 'hash', '2026-05-20 06:00:00+00:00', '2026-05-20 06:00:00+00:00',
    '2026-05-20 06:00:00+00:00'
)
"""
PROFILE = """
INSERT INTO profile (
    id, slug, name, department, text, keywords, excluded_keywords, facets, programmes,
    action_types, roles, goals, review_policy, version, content_hash, updated_at
) VALUES (
    1, 'ships', 'Ships', 'imt', '', '[]', '[]', '[]', '[]', '[]', '[]', '[]', 'auto', 1, 'hash',
    '2026-05-20 06:00:00+00:00'
)
"""
MATCH = """
INSERT INTO match (
    id, profile_id, opportunity_id, score, percentile, band, reasons, content_hash,
    profile_version, review_status, current, proposed_at, scored_at
) VALUES (
    1, 1, 1, 0.5, 0.9, 'good', '[]', 'hash', 1, 'pending', true, '2026-05-20 06:00:00+00:00',
    '2026-05-20 06:00:00+00:00'
)
"""
CUTOFF = """
INSERT INTO cutoff (id, opportunity_id, position, day, deadline, origin, open_to)
VALUES (1, 1, 1, '2026-09-15', '2026-09-15 15:00:00+00:00', 'rule', 'all')
"""


def test_the_tables_go_up_and_down_and_up_again(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    assert set(Base.metadata.tables) < set(inspect(empty_engine).get_table_names())
    downgrade(empty_engine)
    assert inspect(empty_engine).get_table_names() == ["alembic_version"]
    upgrade(empty_engine)


def test_what_is_stored_survives_a_migration_up_and_down(empty_engine: Engine) -> None:
    upgrade(empty_engine, "0001")
    with empty_engine.begin() as connection:
        connection.execute(text(OPPORTUNITY))
        connection.execute(text(CUTOFF))
    for _ in range(2):
        upgrade(empty_engine)
        with empty_engine.connect() as connection:
            (row,) = connection.execute(text("SELECT confirmed_by, withdrawn_at FROM opportunity"))
            assert tuple(row) == ("search_api", None)
            (cutoff,) = connection.execute(text("SELECT verified, note FROM cutoff"))
            assert (bool(cutoff[0]), cutoff[1]) == (True, "")
        downgrade(empty_engine, "0001")
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM cutoff")).scalar() == 1


def test_matches_of_before_are_matches_of_a_theme(empty_engine: Engine) -> None:
    upgrade(empty_engine, "0002")
    with empty_engine.begin() as connection:
        for statement in (OPPORTUNITY, PROFILE, MATCH):
            connection.execute(text(statement))
    upgrade(empty_engine)
    with Session(empty_engine) as session:
        match = session.scalars(select(Match)).one()
        assert match.basis is Basis.THEME
        assert (match.parts, match.features, match.against) == ([], {}, [])
        assert (match.profile.career_stages, match.profile.budget_max_eur) == ([], None)
    downgrade(empty_engine, "0002")
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT score FROM match")).scalar() == 0.5


MAIL = (
    "INSERT INTO subscriber (id, address, language, time_zone, state, consent, created_at) VALUES"
    " (1, 'reader@example.org', 'en', 'Europe/Oslo', 'active', '', '2026-05-20 06:00:00+00:00')",
    "INSERT INTO subscription (id, subscriber_id, profile_id, cadence, created_at) VALUES"
    " (1, 1, 1, 'weekly', '2026-05-20 06:00:00+00:00')",
    "INSERT INTO digest_run (id, cadence, window_start, window_end, created_at) VALUES"
    " (1, 'weekly', '2026-05-11 06:00:00+00:00', '2026-05-18 06:00:00+00:00',"
    " '2026-05-20 06:00:00+00:00')",
    "INSERT INTO message (id, digest_run_id, subscriber_id, message_id, state, attempts,"
    " composed_at) VALUES (1, 1, 1, '<1@example.org>', 'sent', 1, '2026-05-20 06:00:00+00:00')",
    "INSERT INTO message_body (message_id, content) VALUES (1, '')",
    "INSERT INTO message_item (message_id, opportunity_id, content_hash) VALUES (1, 1, 'hash')",
)


def test_what_was_told_and_the_rhythm_survive_a_table_that_is_built_anew(
    empty_engine: Engine,
) -> None:
    upgrade(empty_engine, "0004")
    with empty_engine.begin() as connection:
        for statement in (OPPORTUNITY, PROFILE, *MAIL):
            connection.execute(text(statement))
    for _ in range(2):
        upgrade(empty_engine)
        with Session(empty_engine) as session:
            message = session.scalars(select(Message)).one()
            assert (message.purpose, len(message.items)) == (Purpose.DIGEST, 1)
            subscription = session.scalars(select(Subscription)).one()
            assert subscription.scheduled_at == subscription.created_at
        downgrade(empty_engine, "0004")


def test_after_a_migration_a_row_still_takes_its_children_with_it(empty_engine: Engine) -> None:
    upgrade(empty_engine, "0004")
    with empty_engine.begin() as connection:
        for statement in (OPPORTUNITY, PROFILE, *MAIL):
            connection.execute(text(statement))
    upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("DELETE FROM subscriber"))
        assert connection.execute(text("SELECT count(*) FROM message_item")).scalar() == 0


def test_upgrading_twice_changes_nothing(any_engine: Engine) -> None:
    upgrade(any_engine)


def test_the_migrations_make_what_the_models_say(any_engine: Engine) -> None:
    with any_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []

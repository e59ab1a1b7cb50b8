from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from store.db import downgrade, upgrade
from store.models import Base


def test_the_tables_go_up_and_down_and_up_again(empty_engine: Engine) -> None:
    upgrade(empty_engine)
    assert set(Base.metadata.tables) < set(inspect(empty_engine).get_table_names())
    downgrade(empty_engine)
    assert inspect(empty_engine).get_table_names() == ["alembic_version"]
    upgrade(empty_engine)


def test_upgrading_twice_changes_nothing(any_engine: Engine) -> None:
    upgrade(any_engine)


def test_the_migrations_make_what_the_models_say(any_engine: Engine) -> None:
    with any_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []

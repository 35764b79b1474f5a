"""The PostgreSQL server of the tests."""

from sqlalchemy import create_engine, text

from tests.postgres import postgresql_url  # noqa: F401


def test_each_process_has_an_empty_database_with_fast_settings(postgresql_url: str, worker_id: str) -> None:  # noqa: F811
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        name, cost = connection.execute(
            text("SELECT current_database(), current_setting('random_page_cost')")
        ).one()
        tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    engine.dispose()
    assert (name, cost, tables) == (f"huifang_test_{worker_id}", "1.1", 0)

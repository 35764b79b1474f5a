"""The PostgreSQL server of the tests."""

from sqlalchemy import URL, create_engine, text

from tests.postgres import own_database


def test_an_own_database_is_empty_and_counts_on_fast_disks(postgresql_server: URL, worker_id: str) -> None:
    name = f"huifang_own_{worker_id}"
    with own_database(postgresql_server, name) as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            found, cost = connection.execute(
                text("SELECT current_database(), current_setting('random_page_cost')")
            ).one()
            tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        engine.dispose()
    assert (found, cost, tables) == (name, "1.1", 0)

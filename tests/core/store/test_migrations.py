"""The database's history, and that it makes the tables which the nouns need."""

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from uuid import UUID

import pytest
from sqlite_utils import Database as Rows

from platform_sim.core.model.addons import Addon, AddonService, Plan
from platform_sim.core.model.apps import App, Dyno
from platform_sim.core.store import migrations, schema
from platform_sim.core.store.migrations import ready_image
from platform_sim.core.store.tables import NOUNS, TABLES

from ...support import new_database


@pytest.fixture
def rows() -> Iterator[Rows]:
    connection = sqlite3.connect(":memory:")
    yield Rows(connection)
    connection.close()


def shape(rows: Rows) -> dict[str, str]:
    """Everything that SQLite knows of the schema."""
    return dict(rows.execute("SELECT name, sql FROM sqlite_master").fetchall())


@pytest.mark.parametrize("noun", NOUNS)
def test_fields_of_the_dataclass_are_the_columns_of_the_table(rows: Rows, noun: type) -> None:
    migrations.migrate(rows)
    assert [c.name for c in rows[TABLES[noun].name].columns] == [f.name for f in fields(noun)]


def test_every_table_has_a_noun_and_a_key(rows: Rows) -> None:
    migrations.migrate(rows)
    assert set(rows.table_names()) == {t.name for t in TABLES.values()}
    for table in TABLES.values():
        assert rows.table(table.name).pks == [table.key]


def test_indexes_name_tables_and_columns_that_exist() -> None:
    known = {t.name: set(t.columns) for t in TABLES.values()}
    for listed in (schema.UNIQUE, schema.INDEXES):
        for table, groups in listed.items():
            for columns in groups:
                assert set(columns) <= known[table], table


def test_migrating_twice_changes_nothing(rows: Rows) -> None:
    migrations.migrate(rows)
    before = shape(rows)
    migrations.migrate(rows)
    assert shape(rows) == before
    assert rows.execute("PRAGMA user_version").fetchone()[0] == len(migrations.STEPS)


def test_a_step_that_fails_leaves_nothing_and_can_be_taken_again(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(rows: Rows) -> None:
        rows.conn.execute("CREATE TABLE half (id)")
        raise OSError("disk full")

    monkeypatch.setattr(migrations, "STEPS", (migrations.first_tables, breaks))
    with pytest.raises(OSError, match="disk full"):
        migrations.migrate(rows)
    assert rows.execute("PRAGMA user_version").fetchone()[0] == 1
    assert "half" not in rows.table_names()
    monkeypatch.setattr(
        migrations, "STEPS", (migrations.first_tables, lambda rows: rows.conn.execute("CREATE TABLE half (id)"))
    )
    migrations.migrate(rows)
    assert "half" in rows.table_names()


def test_a_folder_of_the_first_release_gets_what_came_later(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = migrations.STEPS
    monkeypatch.setattr(migrations, "STEPS", steps[:1])
    migrations.migrate(rows)
    later = {name for names in schema.LATER.values() for name in names}
    assert later.isdisjoint(rows.table_names())
    monkeypatch.setattr(migrations, "STEPS", steps)
    migrations.migrate(rows)
    assert set(rows.table_names()) == {t.name for t in TABLES.values()}
    assert later


def test_a_newer_database_is_refused_with_what_to_do(rows: Rows) -> None:
    rows.conn.execute("PRAGMA user_version = 42")
    with pytest.raises(RuntimeError, match=r"newer version \(step 42.*another --data folder"):
        migrations.migrate(rows)


def test_the_ready_image_is_a_real_copy() -> None:
    """What one platform writes must not reach the image that the next one starts from."""
    first = new_database()
    with first.transaction() as tx:
        tx._connection.execute("CREATE TABLE intruder (id)")
    second = new_database()
    with second.snapshot() as snapshot:
        names = {row[0] for row in snapshot._connection.execute("SELECT name FROM sqlite_master")}
    assert "intruder" not in names
    assert names >= {t.name for t in TABLES.values()}
    assert ready_image() is ready_image(), "built once"
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("noun", "column", "default"),
    [
        (AddonService, "abilities", []),
        (Addon, "namespaces", {}),
        (Dyno, "inside_id", None),
        (Dyno, "expires_at", None),
    ],
    ids=str,
)
def test_a_column_of_a_later_step_is_added_to_what_an_earlier_version_wrote(
    rows: Rows, noun: type, column: str, default: object
) -> None:
    table = TABLES[noun]
    migrations.first_tables(rows)
    rows.conn.execute(f'ALTER TABLE "{table.name}" DROP COLUMN "{column}"')
    rows.conn.execute(f"INSERT INTO \"{table.name}\" (id, name) VALUES ('1', 'acme')")
    rows.conn.execute("PRAGMA user_version = 1")
    rows.conn.commit()
    migrations.migrate(rows)
    kept = table.from_row(rows.conn.execute(table.select).fetchone())
    assert (kept.name, getattr(kept, column)) == ("acme", default)


def test_apps_of_an_earlier_version_get_their_default_domain(rows: Rows) -> None:
    for step in migrations.STEPS[: migrations.STEPS.index(migrations.domains)]:
        step(rows)
    rows.conn.execute("ALTER TABLE app DROP COLUMN acm")
    table = TABLES[App]
    for name in ("acme", "other"):
        values = dict.fromkeys(set(table.columns) - {"acm", "legacy_number"}, "x") | {
            "id": name,
            "name": name,
            "created_at": "2026",
        }
        listed = ", ".join(f'"{column}"' for column in values)
        rows.conn.execute(f"INSERT INTO app ({listed}) VALUES ({', '.join('?' * len(values))})", list(values.values()))
    migrations.domains(rows)
    assert rows.execute("SELECT acm FROM app").fetchall() == [(0,), (0,)]
    made = rows.execute("SELECT id, app_id, hostname, kind, cname, created_at FROM domain").fetchall()
    assert [row[1:] for row in made] == [(n, f"{n}.localhost", "heroku", None, "2026") for n in ("acme", "other")]
    assert all(UUID(row[0]).version == 4 for row in made)
    assert len({row[0] for row in made}) == 2


def test_plans_of_an_earlier_version_are_for_all_users(rows: Rows) -> None:
    migrations.first_tables(rows)
    for column in ("passes", "actions"):
        rows.conn.execute(f"ALTER TABLE plan DROP COLUMN {column}")
    rows.conn.execute("ALTER TABLE plan ADD COLUMN visible INTEGER")
    rows.conn.execute(
        "INSERT INTO plan (id, service_id, name, human_name, description, cents, unit, state, visible, is_default, "
        "created_at, updated_at) VALUES ('1', '2', 'test', 'Test', 'A plan', 0, 'month', 'alpha', 1, 1, "
        "'2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"
    )
    migrations.catalog(rows)
    table = TABLES[Plan]
    assert {column.name for column in rows["plan"].columns} == set(table.columns)
    kept = table.from_row(rows.conn.execute(table.select).fetchone())
    assert (kept.name, kept.state, kept.passes, kept.actions) == ("test", "public", [], [])


def test_apps_of_an_earlier_version_get_a_number_each(rows: Rows) -> None:
    migrations.first_tables(rows)
    rows.conn.execute("DROP INDEX idx_app_legacy_number")
    rows.conn.execute("ALTER TABLE app DROP COLUMN legacy_number")
    for name in ("first", "second"):
        rows.conn.execute(
            "INSERT INTO app (id, name, owner_id, region, stack, maintenance, created_at, updated_at) "
            "VALUES (?, ?, 'o', 'us', 's', 0, '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')",
            (name, name),
        )
    rows.conn.execute("PRAGMA user_version = 1")
    rows.conn.commit()
    migrations.migrate(rows)
    table = TABLES[App]
    kept = [table.from_row(row) for row in rows.conn.execute(table.select)]
    assert [(app.name, app.legacy_number) for app in kept] == [("first", 1), ("second", 2)]
    with pytest.raises(sqlite3.IntegrityError):
        rows.conn.execute("UPDATE app SET legacy_number = 1")

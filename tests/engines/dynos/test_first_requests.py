"""First requests of releases: what is known of them is forgotten with an app. (What is written: test_routes.)"""

from platform_sim.engines.dynos.first_requests import FirstRequests

from ...support import new_database


def test_with_an_app_its_releases_are_forgotten() -> None:
    """Under a seed, after a reset, another app's release has the same id: its first request is one."""
    database = new_database()
    firsts = FirstRequests(database)
    firsts.served("release", "dyno", "GET", 200)
    with database.transaction() as tx:
        tx.record("app", "update", "one", None, {})
    assert firsts.is_known("release")
    with database.transaction() as tx:
        tx.record("app", "destroy", "one", None, {})
    assert not firsts.is_known("release")
    firsts.close()
    database.close()

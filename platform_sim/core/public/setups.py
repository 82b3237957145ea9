"""App setups in public."""

from urllib.parse import urljoin

from platform_sim.core.actions.app_setups import build_status
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App
from platform_sim.core.model.setups import AppSetup
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def app_setup(rows: Snapshot, row: AppSetup, at: Addresses) -> Json:
    """`App Setup`: also of an app that a failure has deleted, and then under its last name."""
    app = rows.find(App, id=row.app_id)
    name = app.name if app else row.app_name
    build = {
        "id": row.build_id,
        "status": build_status(rows, row),
        "output_stream_url": at.output(row.build_secret or ""),
    }
    done = row.postdeploy_exit is not None
    return {
        "app": {"id": row.app_id, "name": name},
        "build": build if row.build_id else None,
        "created_at": iso(row.created_at),
        "failure_message": row.failure_message,
        "id": row.id,
        "manifest_errors": row.manifest_errors,
        "postdeploy": {"exit_code": row.postdeploy_exit, "output": row.postdeploy_output or ""} if done else None,
        "resolved_success_url": _success_url(row, name, at),
        "status": row.status,
        "updated_at": iso(row.updated_at),
    }


def _success_url(row: AppSetup, name: str, at: Addresses) -> str | None:
    """An absolute one as it is, a path at the app; without one the app itself."""
    return urljoin(at.web(name), row.manifest["success_url"] or "") if row.status == "succeeded" else None

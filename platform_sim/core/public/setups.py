"""App setups and review apps in public."""

from urllib.parse import urljoin

from platform_sim.core.actions.app_setups import build_status
from platform_sim.core.actions.review_apps import status_of
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App
from platform_sim.core.model.setups import AppSetup, ReviewApp, ReviewAppConfig
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


def review_app(rows: Snapshot, row: ReviewApp) -> Json:
    """`Review App`; its app is shown while it is there."""
    setup, app = rows.get(AppSetup, row.setup_id), rows.find(App, id=row.app_id)
    status = status_of(rows, row)
    why = setup.failure_message if status == "errored" else None
    return {
        "app": {"id": app.id} if app else None,
        "app_setup": {"id": setup.id},
        "branch": row.branch,
        "created_at": iso(row.created_at),
        "creator": {"id": row.creator_id},
        "error_status": why,
        "fork_repo": {"id": row.fork_repo_id} if row.fork_repo_id is not None else None,
        "id": row.id,
        "message": "; ".join([why, *setup.manifest_errors]) if why else None,
        "pipeline": {"id": row.pipeline_id},
        "pr_number": row.pr_number,
        "status": status,
        "updated_at": iso(max(row.updated_at, setup.updated_at)),
        # What is asked for by the API is not held up until CI has passed.
        "wait_for_ci": False,
    }


def review_app_config(row: ReviewAppConfig) -> Json:
    """`Review App Configuration`."""
    return {
        "automatic_review_apps": row.automatic_review_apps,
        "base_name": row.base_name,
        "deploy_target": row.deploy_target,
        "destroy_stale_apps": row.destroy_stale_apps,
        "pipeline_id": row.pipeline_id,
        "repo": {"id": row.repo_id},
        "stale_days": row.stale_days,
        "wait_for_ci": row.wait_for_ci,
    }

"""The steps of an app setup: config and add-ons, build, scale, postdeploy. Each looks at the rows as they are now and
goes on if what it waits for has come; asked again too early, or twice, it changes nothing.
"""

from collections.abc import Callable
from dataclasses import asdict

from platform_sim.core.actions.addons import create_addon
from platform_sim.core.actions.app_setups import actor_of, fail, succeed
from platform_sim.core.actions.apps import update_app
from platform_sim.core.actions.builds import SourceBlob, create_build, set_buildpacks
from platform_sim.core.actions.config_vars import change_config_vars
from platform_sim.core.actions.dynos import run_dyno
from platform_sim.core.actions.formation import Scaling, scale
from platform_sim.core.actions.releases import app_config
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.app_json import Manifest
from platform_sim.core.model.apps import App, Build, Dyno, Release
from platform_sim.core.model.setups import POSTDEPLOY, AppSetup, SetupStep
from platform_sim.core.store import Transaction

TRIES = 3
"""How often the command is begun, if the platform ends in the middle of it."""
LONGEST_OUTPUT = 64 * 1024
"""Characters of the command's output that are kept, the last ones."""
INVALID = "invalid app.json"
"""The schema's own example of a `failure_message`."""

Said = Callable[[str], str]
"""What was said under a key of `seams.Outputs`."""


def configure(tx: Transaction, setup: AppSetup, manifest: Manifest) -> AppSetup:
    """The source is here: set config and buildpacks, order the add-ons. Raises what these raise, then nothing holds."""
    app = tx.find(App, id=setup.app_id)
    if app is None:
        return _deleted(tx, setup)
    actor, overrides = actor_of(tx, setup), setup.overrides
    config, missing = _config(tx, setup, app, manifest)
    if missing:
        return fail(tx, setup, INVALID, [f"config var {name} is required" for name in missing])
    if manifest.stack and not overrides.get("stack"):
        app = update_app(tx, actor, app, build_stack=manifest.stack)
    if config:
        change_config_vars(tx, actor, app, config)
    app = set_buildpacks(tx, actor, app, overrides.get("buildpacks", manifest.buildpacks))
    addons = [
        create_addon(tx, actor, app, each.plan, attachment=each.name, options=each.options)[0]
        for each in manifest.addons
    ]
    later = {
        "formation": {kind: asdict(dynos) for kind, dynos in manifest.formation.items()},
        "postdeploy": manifest.postdeploy,
        "predestroy": manifest.predestroy,
        "success_url": manifest.success_url,
    }
    return tx.update(setup, step="addons", manifest=later, addon_ids=[each.id for each in addons])


def _config(tx: Transaction, setup: AppSetup, app: App, manifest: Manifest) -> tuple[dict[str, str], list[str]]:
    """Values for all vars, and the names of those that somebody should have given."""
    given, there = setup.overrides["env"], app_config(tx, app)
    config: dict[str, str] = {}
    missing = []
    for var in manifest.env:
        if var.name in given:
            continue
        if var.value is not None:
            config[var.name] = var.value
        elif var.generated:
            # 64 hexadecimal digits, as documented.
            config[var.name] = tx.secret(f"env-{var.name}", app.id) + tx.secret(f"env-{var.name}", app.id)
        elif var.required and var.name not in there:
            missing.append(var.name)
    return config | given, missing


def advance(tx: Transaction, setup: AppSetup, said: Said) -> AppSetup:
    """Go as far as the rows allow; still `pending` if there is something to wait for."""
    before: SetupStep | None = None
    while setup.status == "pending" and setup.step != before:
        app = tx.find(App, id=setup.app_id)
        if app is None:
            return _deleted(tx, setup)
        before = setup.step
        if before == "addons":
            setup = _after_addons(tx, setup, app)
        elif before == "build":
            setup = _after_build(tx, setup, app)
        elif before == "postdeploy":
            setup = _after_postdeploy(tx, setup, app, said)
    return setup


def _deleted(tx: Transaction, setup: AppSetup) -> AppSetup:
    return fail(tx, setup, "The app was deleted during its setup.")


def _after_addons(tx: Transaction, setup: AppSetup, app: App) -> AppSetup:
    addons = tx.all(Addon, id=setup.addon_ids)
    for addon in addons:
        if addon.state in ("deprovisioning", "deprovisioned"):
            why = addon.provision_message or "it was destroyed"
            return fail(tx, setup, f"The add-on {addon.name} could not be provisioned: {why}")
    if any(addon.state == "provisioning" for addon in addons):
        return setup
    blob = SourceBlob(setup.source_url, setup.source_checksum, setup.source_version)
    build = create_build(tx, actor_of(tx, setup), app, blob)
    return tx.update(setup, step="build", build_id=build.id, build_secret=build.output_secret)


def _after_build(tx: Transaction, setup: AppSetup, app: App) -> AppSetup:
    build = tx.get(Build, setup.build_id or "")
    release = tx.find(Release, id=build.release_id) if build.release_id else None
    if build.status == "pending" or (release and release.status == "pending"):
        return setup
    if build.status == "failed" or release is None:
        return fail(tx, setup, "Build failed.")
    if release.status != "succeeded":
        return fail(tx, setup, "Release command failed.")
    wishes = [
        Scaling(kind, None if dynos["quantity"] is None else str(dynos["quantity"]), dynos["size"])
        for kind, dynos in setup.manifest["formation"].items()
    ]
    scale(tx, actor_of(tx, setup), app, wishes)
    return _run_postdeploy(tx, setup, app) if setup.manifest["postdeploy"] else succeed(tx, setup)


def _run_postdeploy(tx: Transaction, setup: AppSetup, app: App) -> AppSetup:
    dyno = run_dyno(tx, actor_of(tx, setup), app, setup.manifest["postdeploy"], kind=POSTDEPLOY)
    return tx.update(
        setup,
        step="postdeploy",
        postdeploy_dyno_id=dyno.id,
        postdeploy_tries=setup.postdeploy_tries + 1,
        postdeploy_secret=tx.secret("postdeploy", app.id),
    )


def _after_postdeploy(tx: Transaction, setup: AppSetup, app: App, said: Said) -> AppSetup:
    if setup.postdeploy_exit is None:
        if tx.find(Dyno, id=setup.postdeploy_dyno_id) is not None:
            return setup
        # It ended with the platform, and nobody knows how far it had come.
        if setup.postdeploy_tries < TRIES:
            return _run_postdeploy(tx, setup, app)
        return fail(tx, setup, f"The postdeploy command was interrupted {TRIES} times.")
    output = said(setup.postdeploy_secret or "")[-LONGEST_OUTPUT:]
    setup = tx.update(setup, postdeploy_output=output)
    if setup.postdeploy_exit != 0:
        return fail(tx, setup, "Postdeploy exit code was not 0.")
    return succeed(tx, setup)

"""What a snapshot holds of logs: the lines of apps, and what builds, releases and setups have said."""

from collections.abc import Iterator, Mapping

from platform_sim.core.model.apps import App, Build, Release
from platform_sim.core.model.seams import Outputs
from platform_sim.core.model.setups import AppSetup
from platform_sim.core.model.snapshots import BadSnapshot, KeptLines
from platform_sim.core.store import Snapshot


def collected(rows: Snapshot, lines: KeptLines, outputs: Outputs) -> dict[str, str]:
    """Name of an entry -> its text; empty ones are left out."""
    found = {f"logs/{app.id}.log": lines.kept(app.id) for app in rows.all(App)}
    for name, key in _outputs(rows):
        try:
            found[name] = outputs.read(key)
        except LookupError:
            continue
    return {name: text for name, text in found.items() if text}


def laid(rows: Snapshot, logs: Mapping[str, str], lines: KeptLines, outputs: Outputs) -> None:
    """Put them in place; apps of which none are there begin with none. BadSnapshot for lines that are none."""
    for app in rows.all(App):
        try:
            lines.put(app.id, logs.get(f"logs/{app.id}.log", ""))
        except ValueError:
            raise BadSnapshot(f"the snapshot is damaged: the log of {app.name} holds what is no line") from None
    for name, key in _outputs(rows):
        if name in logs:
            outputs.start(key)
            outputs.append(key, logs[name])
            outputs.finish(key)


def _outputs(rows: Snapshot) -> Iterator[tuple[str, str]]:
    """Those that have ended; what had not says it anew."""
    for release in rows.all(Release):
        if release.output_secret and release.status != "pending":
            yield f"outputs/release/{release.id}.txt", release.output_secret
    for build in rows.all(Build):
        if build.status != "pending":
            yield f"outputs/build/{build.id}.txt", build.output_secret
    for setup in rows.all(AppSetup):
        if setup.postdeploy_secret and setup.status != "pending":
            yield f"outputs/setup/{setup.id}.txt", setup.postdeploy_secret

"""Where things lie in a platform's folder: the one place that composes its paths."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """`root` is the data folder, or a temporary one of a platform in memory."""

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "platform.db"

    @property
    def authority(self) -> Path:
        """The private certificate authority: `ca.pem` for everybody, its key for nobody."""
        return self.root / "authority"

    @property
    def slugs(self) -> Path:
        """One folder a slug."""
        return self.root / "slugs"

    @property
    def git(self) -> Path:
        """One bare repository an app."""
        return self.root / "git"

    @property
    def dynos(self) -> Path:
        """One working folder a running dyno."""
        return self.root / "dynos"

    @property
    def logs(self) -> Path:
        """One log file an app."""
        return self.root / "logs"

    @property
    def outputs(self) -> Path:
        """Output of builds and release phases."""
        return self.root / "outputs"

    @property
    def kept(self) -> Path:
        """Repositories and slugs that snapshots name, by their content."""
        return self.root / "snapshots"

    def of_apps(self) -> tuple[Path, ...]:
        """The folders of what apps have: nobody asks for it once they are gone."""
        names = ("sources", "slug-uploads", "builds", "build-cache", "slugs", "git")
        return tuple(self.root / name for name in names)

    def source(self, source_id: str) -> Path:
        """An uploaded source tarball."""
        return self.root / "sources" / f"{source_id}.tgz"

    def slug_upload(self, slug_id: str) -> Path:
        """A slug's tarball before it is unpacked."""
        return self.root / "slug-uploads" / f"{slug_id}.tgz"

    def build_work(self, build_id: str) -> Path:
        """Scratch space of one build."""
        return self.root / "builds" / build_id

    def build_cache(self, app_id: str) -> Path:
        """What buildpacks keep between an app's builds."""
        return self.root / "build-cache" / app_id

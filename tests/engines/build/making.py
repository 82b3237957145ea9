"""Makes what builds start from: apps as tarballs, buildpacks as folders, and requests for them."""

import io
import os
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from platform_sim.engines.build.builder import build
from platform_sim.engines.build.request import BuildRequest, BuiltSlug

PATH = os.environ["PATH"]


Files = Mapping[str, str | bytes | tarfile.TarInfo]


def tarball(path: Path, files: Files, mode: str = "w:gz") -> Path:
    """A tarball with `files`: text, bytes, or a whole member for odd ones. A name ending in `*` is executable."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name.removesuffix("*"))
            member.size = len(data)
            member.mode = 0o755 if name.endswith("*") else 0o644
            archive.addfile(member, io.BytesIO(data))
    return path


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """A link as a member of a tarball."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def buildpack(folder: Path, **scripts: str) -> Path:
    """A buildpack of shell scripts; those not given do nothing, with success."""
    (folder / "bin").mkdir(parents=True)
    defaults = {"detect": "echo Test", "compile": ":", "release": "echo '--- {}'"}
    for name, body in (defaults | scripts).items():
        file = folder / "bin" / name
        file.write_text(body if body.startswith("#!") else f"#!/bin/sh\n{body}\n", encoding="utf-8")
        file.chmod(0o755)
    return folder


def tools(folder: Path, *names: str, **scripts: str) -> str:
    """A PATH with the named programs of this machine only, and with shell scripts in the place of others."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found, f"{name} is not on this machine"
        (folder / name).symlink_to(found)
    for name, body in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


def wheel(name: str, version: str, code: str) -> tuple[str, bytes]:
    """A wheel with one module `name`, whose `main` is the console script `name`: file name and content."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for path, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, content)
    return f"{name}-{version}-py3-none-any.whl", sink.getvalue()


@dataclass
class Bench:
    """Builds apps in a folder of its own and keeps what they say."""

    root: Path
    said: list[str] = field(default_factory=list)
    builds: int = 0

    def request(self, files: Files, **changes: Any) -> BuildRequest:
        """A request to build an app of these files."""
        self.builds += 1
        plain = BuildRequest(
            source=tarball(self.root / f"source{self.builds}.tgz", files),
            work_dir=self.root / f"work{self.builds}",
            cache_dir=self.root / "cache",
            slug_dir=self.root / "slugs" / str(self.builds),
            python=Path(sys.executable),
            environment={"PATH": PATH},
            timeout=120,
        )
        return replace(plain, **changes)

    def build(self, files: Files, **changes: Any) -> BuiltSlug:
        """Build an app of these files."""
        return self.run(self.request(files, **changes))

    def run(self, request: BuildRequest) -> BuiltSlug:
        """Build; the lines of this build alone are in `said` afterwards."""
        self.said.clear()
        return build(request, self.said.append)

    @property
    def text(self) -> str:
        """What the last build said."""
        return "\n".join(self.said)

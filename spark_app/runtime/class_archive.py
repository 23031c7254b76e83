"""Java's classes, kept between runs: loading and verifying Spark's costs a short run a tenth of its CPU time.

Java's own archives do it (AppCDS, JEP 310 and 350). The first run that took something in leaves its classes beside the
environment when its Java ends; those after it start from there. Java checks each jar's time and size and leaves an
archive that does not fit alone, so at worst nothing is gained.
"""

import hashlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

# Java refuses to archive where a folder with files in it is on the class path, as these put one there.
_FOLDERS_ON_THE_CLASS_PATH = ("SPARK_CONF_DIR", "HADOOP_CONF_DIR", "YARN_CONF_DIR")
# What a dynamic archive begins with once it is whole: Java writes the head last.
_MAGIC = 0xF00BABA8
_KEPT = 2  # as one with a lake on disk and one in S3
_QUIET = "-Xlog:cds*=off"


def archive_options(java: Path, spark_home: Path, jars: Sequence[Path], *, leave: bool) -> str:
    """Options of a Java that runs this Spark with these jars before its own: use the archive, or `leave` one.

    Empty where there is none and none is to be left, or none can be.
    """
    if any(os.environ.get(name) for name in _FOLDERS_ON_THE_CLASS_PATH) or (spark_home / "conf").is_dir():
        return ""
    # Java 17 leaves out the classes of a jar whose path a URL writes otherwise, as it does a space.
    if quote(str(spark_home)) != str(spark_home):
        return ""
    folder = Path(sys.prefix) / "java-classes"
    archive = folder / f"{_digest(java, spark_home, jars)}.jsa"
    if archive.is_file() or _take(folder, archive):
        return f' {_QUIET} "-XX:SharedArchiveFile={archive}"'
    if not leave or not os.access(folder.parent, os.W_OK):
        return ""
    folder.mkdir(exist_ok=True)
    return f' {_QUIET} "-XX:ArchiveClassesAtExit={archive}.{os.getpid()}"'


def _take(folder: Path, archive: Path) -> bool:
    """Name what a run has left as the archive; remove other runs' and the oldest of other jars: each is some 160 MB."""
    left = next((one for one in sorted(folder.glob(f"{archive.name}.*")) if _is_whole(one)), None)
    if left is None:
        return False
    for old in sorted(folder.glob("*.jsa"), key=lambda one: one.stat().st_mtime)[: -_KEPT + 1]:
        old.unlink(missing_ok=True)
    with suppress(FileNotFoundError):  # another run was first
        left.replace(archive)
    for other in folder.glob(f"{archive.name}.*"):
        other.unlink(missing_ok=True)
    return archive.is_file()


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return int.from_bytes(file.read(4), sys.byteorder) == _MAGIC
    except OSError:
        return False


def _digest(java: Path, spark_home: Path, jars: Sequence[Path]) -> str:
    """Of what Java compares, so that another Java or changed jars get an archive of their own."""
    release = java / "release"
    parts = [str(java), release.read_text(errors="replace") if release.is_file() else ""]
    for jar in [*jars, *sorted((spark_home / "jars").glob("*.jar"))]:
        found = jar.stat()
        parts.append(f"{jar} {found.st_size} {found.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

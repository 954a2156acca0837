"""Fetches botocore's data for the generator through pip.

    fetch.py FOLDER [VERSION]

Downloads the wheel of that version (the newest without one) and unpacks the
models that the generator reads into FOLDER/<version>, unless they are there.
Prints the version.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

WANTED = re.compile(
    r"botocore/data/((?:ses|sesv2|sts|sso|sso-oidc)/[^/]+/"
    r"(?:service-2|paginators-1)\.json(?:\.gz)?|partitions\.json(?:\.gz)?)$"
)


def download(folder, version):
    """The path of the wheel."""
    wanted = f"botocore=={version}" if version else "botocore"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
         "--disable-pip-version-check", "--only-binary=:all:",
         "--dest", folder, wanted],
        check=True,
        stdout=sys.stderr,
    )
    (wheel,) = pathlib.Path(folder).glob("botocore-*.whl")
    return wheel


def unpack(wheel, folder):
    """Writes the wanted files; the folder appears only when it is whole."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            match = WANTED.match(name)
            if match:
                path = partial / match.group(1)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
    partial.rename(folder)


def main(folder, version=None):
    folder = pathlib.Path(folder)
    if not version or not (folder / version).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            wheel = download(scratch, version)
            version = wheel.name.split("-")[1]
            if not (folder / version).is_dir():
                unpack(wheel, folder / version)
    print(version)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except subprocess.CalledProcessError:
        sys.exit(
            "fetch.py: pip could not fetch botocore; it needs python3-pip and "
            "the network, or name a data folder with BOTOCORE=dir"
        )
    except OSError as error:
        sys.exit(f"fetch.py: {error}")

"""The build backend (PEP 517): CMake builds the module, this packs a wheel of what CMake installs.

Settings: STOCKTRACKER_BUILD_DIR keeps the build folder elsewhere; CMAKE_ARGS is passed on.
"""

import base64
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
NAME = "stocktracker"


def _version():
    header = (ROOT / "include/stocktracker/version.hpp").read_text()
    return ".".join(re.findall(r"#define STK_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header))


def _tag():
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{python}-{python}-{re.sub('[-.]', '_', sysconfig.get_platform())}"


def _metadata():
    return (
        f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {_version()}\n"
        "Summary: Keeps a seller's stock right on every marketplace\nLicense: MIT\nRequires-Python: >=3.9\n"
        "Provides-Extra: numpy\nRequires-Dist: numpy; extra == 'numpy'\n"
        "Provides-Extra: pandas\nRequires-Dist: pandas; extra == 'pandas'\n"
        "Description-Content-Type: text/markdown\n\n" + (HERE / "README.md").read_text()
    )


def _need(program, package):
    if shutil.which(program) is None:
        raise SystemExit(f"building {NAME} needs {program}: apt-get install {package}")


def _installed(prefix):
    _need("cmake", "cmake")
    _need("ninja", "ninja-build")
    _need("c++", "g++")
    build = pathlib.Path(os.environ.get("STOCKTRACKER_BUILD_DIR", ROOT / "build" / f"python-{sysconfig.get_config_var('SOABI')}"))
    configure = ["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DSTK_BUILD_PYTHON=ON",
                 # Several sources at a time: most of the time goes into headers.
                 "-DSTK_UNITY=ON", f"-DSTK_PYTHON={sys.executable}", "-DPython_FIND_VIRTUALENV=FIRST"]
    # An isolated build runs by an interpreter of a folder that is gone afterwards: nothing of it may stay in the cache.
    (build / "CMakeCache.txt").unlink(missing_ok=True)
    subprocess.run([*map(str, configure), *shlex.split(os.environ.get("CMAKE_ARGS", ""))], check=True)
    subprocess.run(["cmake", "--build", str(build), "--target", "stocktracker_python"], check=True)
    subprocess.run(["cmake", "--install", str(build), "--component", "python", "--prefix", str(prefix), "--strip"], check=True)
    return prefix / "python"


def _digest(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    info = f"{NAME}-{_version()}.dist-info"
    name = f"{NAME}-{_version()}-{_tag()}.whl"
    with tempfile.TemporaryDirectory() as prefix:
        folder = _installed(pathlib.Path(prefix))
        files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\nTag: {_tag()}\n".encode()
    files[f"{info}/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    record = [f"{path},{_digest(data)},{len(data)}" for path, data in files.items()] + [f"{info}/RECORD,,"]
    files[f"{info}/RECORD"] = ("\n".join(record) + "\n").encode()
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if ".so" in path else 0o644) << 16
            wheel.writestr(entry, data)
    return name


def build_sdist(sdist_directory, config_settings=None):
    raise SystemExit(f"{NAME} is built from its source tree: pip install . there")

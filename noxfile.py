"""The jobs of this repository: the only list of them.

``nox -l`` shows them, ``nox`` runs those marked with a star, ``nox -s NAME`` runs one. Most hand
what comes after ``--`` on to the tool that they run. Environments are kept between runs; ``nox -N``
makes new ones.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["tests", "lint", "typecheck"]
nox.options.reuse_venv = "yes"
# `pythons` names only Pythons that are installed, so one that nox does not find is an error.
nox.options.error_on_missing_interpreters = True

PROJECT = nox.project.load_toml("pyproject.toml")


def _runs(python: str) -> bool:
    """Tell whether an interpreter runs: pyenv's shims are found on PATH and may not."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _folder_of(version: str) -> str | None:
    """Return the folder of an interpreter that runs, from PATH or pyenv; None if there is none."""
    if sysconfig.get_python_version() == version:
        return str(Path(sys.executable).parent)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    places = [
        *os.get_exec_path(),
        *map(str, sorted(pyenv.glob(f"versions/{version}.*/bin"), reverse=True)),
    ]
    for place in places:
        python = shutil.which(f"python{version}", path=place)
        if python and _runs(python):
            return place
    return None


def _installed_pythons() -> list[str]:
    """Return those of the supported versions that are installed, and let nox find them.

    None of them is all of them: nox then says what is missing, and fails.
    """
    supported = nox.project.python_versions(PROJECT)
    folders = {version: _folder_of(version) for version in supported}
    found = [folder for folder in folders.values() if folder]
    os.environ["PATH"] = os.pathsep.join(dict.fromkeys([*found, *os.get_exec_path()]))
    return [version for version in supported if folders[version]] or supported


PYTHONS = _installed_pythons()


def _pytest(session: nox.Session, *arguments: str) -> None:
    """Run tests in up to four processes, two for each processor: many wait for servers."""
    workers = min(2 * (os.cpu_count() or 1), 4)
    session.run("pytest", "-n", str(workers), *arguments, *session.posargs)


def _group(name: str) -> tuple[str, ...]:
    """Return the requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, name)


@nox.session
def conformance(session: nox.Session) -> None:
    """Certify a backend: nox -s conformance -- --backend redis."""
    if not session.posargs:
        session.warn("name a backend: nox -s conformance -- --backend redis (--help shows more)")
        sys.exit(2)
    session.log("installing memcert and the drivers of its backends: a minute the first time")
    session.install(".[all]")
    session.run("memcert", "certify", *session.posargs)


@nox.session(tags=["check"])
def tests(session: nox.Session) -> None:
    """Run the kit's own tests, but for the thorough ones, on the Python that runs nox."""
    session.install(".[all]", *_group("test"))
    session.log("about 8 minutes on two processors; the line below shows how far it is")
    _pytest(session, "-m", "not thorough")


@nox.session(tags=["check"])
def thorough(session: nox.Session) -> None:
    """Run the tests that take long and hardly depend on the Python: mutants, fuzzing, long runs."""
    session.install(".[all]", *_group("test"))
    session.log("about 4 minutes on two processors; the line below shows how far it is")
    _pytest(session, "-m", "thorough")


@nox.session(python=PYTHONS, tags=["schedule"])
def pythons(session: nox.Session) -> None:
    """Run the tests, but for the thorough ones, on every supported Python that is installed."""
    session.install(".[all]", *_group("test"))
    session.log("about 8 minutes on two processors; the line below shows how far it is")
    _pytest(session, "-m", "not thorough")


@nox.session(python=PYTHONS[0], tags=["schedule"])
def oldest(session: nox.Session) -> None:
    """Run the tests near other libraries with the oldest releases that pyproject.toml allows."""
    extras = PROJECT["project"]["optional-dependencies"]
    required = [
        *PROJECT["project"]["dependencies"],
        # AgentScope has a job of its own.
        *(each for extra in extras if extra != "agentscope" for each in extras[extra]),
    ]
    lowest = [each.replace(">=", "==") for each in required if ">=" in each]
    session.install(".", *lowest, *_group("test"))
    _pytest(
        session,
        *("-m", "not thorough"),
        "tests/backends",
        "tests/examples",
        "tests/conformance/command_line",
        "tests/conformance/measure",
        "tests/conformance/pytest_plugin",
    )


@nox.session(tags=["check"])
def agentscope(session: nox.Session) -> None:
    """Run the tests with AgentScope itself, which takes long to install, on one Python."""
    session.install(".[agentscope,all]", *_group("test"))
    _pytest(
        session,
        "tests/backends/agentscope",
        "tests/backends/tablestore_emulator/test_agentscope.py",
    )


@nox.session(tags=["check"])
def lint(session: nox.Session) -> None:
    """Check the code's style and format; CONTRIBUTING.md says how to correct them."""
    session.install(*_group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session(tags=["check"])
def typecheck(session: nox.Session) -> None:
    """Check the types, strictly."""
    session.install(".[all]", *_group("typecheck"))
    session.run("mypy", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into docs/_build/html; warnings are errors."""
    session.install(".[all]", *_group("docs"))
    folder = "docs/_build/html"
    session.run(
        *("sphinx-build", "-b", "html", "--fail-on-warning", "--keep-going", "--nitpicky"),
        *("docs", folder, *session.posargs),
    )
    session.log(f"built {folder}/index.html")


@nox.session
def contract(session: nox.Session) -> None:
    """Write the readable form of each contract, such as reference/CONTRACT.md, from its rules."""
    session.install(".[all]")
    session.run("python", "-m", "memcert.repository.contract_document")


@nox.session
def matrix(session: nox.Session) -> None:
    """Write the rule x mutant matrices into reports/, and the corpora of what they find."""
    session.install(".[all]")
    session.run("python", "-m", "memcert.repository.mutants", "reports", "conformance")


@nox.session
def corpus(session: nox.Session) -> None:
    """Write the programs of rules into the corpus: nox -s corpus -- MARK-04."""
    if not session.posargs:
        session.error("name rules: nox -s corpus -- MARK-04")
    session.install(".[all]")
    jobs = ("memcert.repository.mutants", "reports", "conformance")
    session.run("python", "-m", *jobs, *session.posargs)


@nox.session
def reports(session: nox.Session) -> None:
    """Write reports/ but for the matrix, which comes first: certificates, the kit's own cost."""
    session.install(".[all]")
    jobs = ("memcert.repository.reports", "reports", "README.md")
    session.run("python", "-m", *jobs, *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Certify automatic mutants of the reference, the scripts and the SQL (--help shows more)."""
    session.install(".[all]", *_group("mutation"))
    cache = str(Path(session.cache_dir, "mutation"))
    jobs = ("memcert.repository.mutation", "reports", "--cache", cache)
    session.run("python", "-m", *jobs, *session.posargs)


@nox.session(tags=["schedule"])
def pairs(session: nox.Session) -> None:
    """Certify two mutants at once, to see that both faults are named (--help shows more)."""
    session.install(".[all]")
    session.run("python", "-m", "memcert.repository.pairs", *session.posargs)


@nox.session
def measure(session: nox.Session) -> None:
    """Measure what the backends cost on real stores, into reports/ (--help shows more)."""
    session.install(".[all]")
    session.run("python", "-m", "memcert.measure", "reports", *session.posargs)


@nox.session(tags=["check"])
def build(session: nox.Session) -> None:
    """Build the wheel and the sdist into dist/, check them, and run the wheel where nothing is."""
    session.install(*_group("build"))
    dist = Path("dist").resolve()
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist))
    session.run("twine", "check", "--strict", *map(str, sorted(dist.iterdir())))

    (wheel,) = dist.glob("*.whl")
    requirement = f"memcert[embedded] @ {wheel.as_uri()}"
    with tempfile.TemporaryDirectory() as elsewhere, session.chdir(elsewhere):
        session.run("python", "-m", "virtualenv", "clean")
        scripts = Path(elsewhere, "clean", "Scripts" if os.name == "nt" else "bin")
        python, memcert = str(scripts / "python"), str(scripts / "memcert")
        session.run(python, "-m", "pip", "install", "-q", requirement, external=True)
        session.run(memcert, "backends", external=True)
        session.run(memcert, "certify", "--backend", "redis", "--effort", "quick", external=True)

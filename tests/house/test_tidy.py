"""The house rules that a machine can see; every failure names file and line."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import TemplateSyntaxError, engines

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("market", "auctions", "valuation", "deploy")
LAUNCHERS = ("deploy/up", "deploy/test", "deploy/bootstrap.py", "deploy/debian.py", "deploy/throwaway.py")
TOP_LEVEL = {"manage.py", "pyproject.toml", "README.md", "LICENSE", "requirements.lock", "requirements-test.lock"}
TOP_LEVEL |= {"market", "auctions", "valuation", "templates", "deploy", "tests", "var"}
DOORS = {"views", "consumers", "forms", "api"}
MONEY = re.compile(r"(amount|price|fee|deposit|commission|total|paid|bid|money|reserve|increment|royalty|_minor)(_|$)")
REFUSALS = ROOT / "templates" / "refusals"


def files(*tops: str, suffix: str) -> Iterator[Path]:
    """Every file with a suffix under the given top-level directories, migrations and caches left out."""
    for top in tops:
        for path in sorted((ROOT / top).rglob(f"*{suffix}")):
            if not {"migrations", "__pycache__"} & set(path.parts):
                yield path


def python(*tops: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every Python file under the given directories, parsed."""
    for path in files(*tops, suffix=".py"):
        yield path, tree(path)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def at(path: Path, line: int, text: str) -> str:
    """A finding as an editor understands it."""
    return f"{path.relative_to(ROOT)}:{line}: {text}"


def none(findings: list[str]) -> None:
    """Fail with all findings, one a line."""
    assert not findings, "\n" + "\n".join(findings)


def searched(pattern: str, paths: Iterator[Path]) -> list[str]:
    """Every line of the files that the pattern matches."""
    seen = re.compile(pattern)
    return [
        at(path, number, line.strip()[:100])
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if seen.search(line)
    ]


def is_door(path: Path) -> bool:
    """Whether a file speaks to the outside: views.py, or a file in a views/ package, and so on."""
    return bool(DOORS & {path.stem, path.parent.name})


def test_top_level_holds_only_what_the_plan_names() -> None:
    here = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__"))}
    assert here <= TOP_LEVEL, f"not in the plan: {sorted(here - TOP_LEVEL)}"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a checkout knows what is kept")
def test_no_link_is_kept() -> None:
    """One to an environment, once checked out where it points to, takes that environment's place."""
    kept = subprocess.run(["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert kept
    none([line for line in kept.splitlines() if line.startswith("120000")])


def test_no_file_is_longer_than_400_lines() -> None:
    paths = [
        *files(*PRODUCT, "tests", suffix=".py"),
        *files(*PRODUCT, suffix=".js"),
        *files("templates", suffix=".html"),
    ]
    lengths = {path: len(path.read_text().splitlines()) for path in paths}
    none([at(path, 400, f"{length} lines") for path, length in lengths.items() if length > 400])


def test_no_function_is_longer_than_70_lines() -> None:
    none(
        [
            at(path, node.lineno, f"{node.name} has {node.end_lineno - node.lineno + 1} lines")
            for path, module in python(*PRODUCT, "tests")
            for node in ast.walk(module)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.end_lineno is not None
            and node.end_lineno - node.lineno >= 70
        ]
    )


def test_every_module_says_what_it_is() -> None:
    modules = [*python(*PRODUCT, "tests"), *((ROOT / name, tree(ROOT / name)) for name in LAUNCHERS)]
    none([at(path, 1, "no docstring") for path, module in modules if module.body and not ast.get_docstring(module)])


def test_every_public_function_of_a_room_has_a_docstring() -> None:
    none(
        [
            at(path, node.lineno, f"{node.name} has no docstring")
            for path, module in python(*PRODUCT)
            for node in module.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    )


def test_doors_get_objects_from_access_only() -> None:
    none(
        [
            at(path, node.lineno, f".{node.attr} in a door; ask access or queries")
            for path, module in python(*PRODUCT)
            if is_door(path)
            for node in ast.walk(module)
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
        ]
    )


def test_states_move_only_by_move() -> None:
    """No `row.state = …`, no `update(state=…)`: only kernel.states writes the column of an existing row."""
    findings = []
    for path, module in python(*PRODUCT):
        if path.name in ("models.py", "states.py"):
            continue
        for node in ast.walk(module):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
                findings.append(at(path, node.lineno, "assigns .state; use kernel.states.move"))  # type: ignore[attr-defined]
            updates = isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".update")
            if updates and any(keyword.arg == "state" for keyword in node.keywords):
                findings.append(at(path, node.lineno, "updates state; use kernel.states.move"))
    none(findings)


def test_money_is_never_a_float_or_a_bare_decimal() -> None:
    """Parameters, fields and variables with a money word in their name are not declared float or Decimal."""
    findings = []
    for path, module in python(*PRODUCT):
        for node in ast.walk(module):
            if isinstance(node, ast.arg):
                name, kind = node.arg, ast.unparse(node.annotation) if node.annotation else ""
            elif isinstance(node, ast.AnnAssign):
                name, kind = ast.unparse(node.target), ast.unparse(node.annotation)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                name, kind = ast.unparse(node.targets[0]), ast.unparse(node.value.func)
            else:
                continue
            if MONEY.search(name) and re.search(r"\b(float|Decimal|FloatField|DecimalField)\b", kind):
                findings.append(at(path, node.lineno, f"{name}: {kind}; use Money"))
    none(findings)


def test_the_time_comes_from_the_kernel_clock() -> None:
    paths = (path for path in files(*PRODUCT, suffix=".py") if path.name != "clock.py")
    none(searched(r"\b(timezone|datetime|date)\.(now|utcnow|today)\(", paths))


def test_nothing_is_left_open() -> None:
    paths = (
        path
        for path in files(*PRODUCT, "tests", "templates", suffix="")
        if path.suffix in (".py", ".js", ".html", ".css")
    )
    none(searched(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", paths))


def test_rooms_talk_by_facts_not_by_signals() -> None:
    none(searched(r"django\.(db\.models\.signals|dispatch)", files(*PRODUCT, suffix=".py")))


def refusal_codes() -> Iterator[tuple[Path, int, str]]:
    """Every place that refuses with a code written out: Refused("…"), Conflict("…") or another of their kind."""
    kinds = {"Refused"}
    modules = list(python(*PRODUCT))
    for _, module in modules:
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef) and kinds & {ast.unparse(base).split(".")[-1] for base in node.bases}:
                kinds.add(node.name)
    for path, module in modules:
        for node in ast.walk(module):
            refuses = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in kinds
            if refuses and node.args and isinstance(node.args[0], ast.Constant):
                yield path, node.lineno, str(node.args[0].value)


def test_every_refusal_has_its_sentence() -> None:
    none(
        [
            at(path, line, f"no templates/refusals/{code}.txt")
            for path, line, code in refusal_codes()
            if not (REFUSALS / f"{code}.txt").exists()
        ]
    )


def test_every_refusal_sentence_is_used_and_can_be_translated() -> None:
    source = "\n".join(path.read_text() for path in files(*PRODUCT, suffix=".py"))
    findings = []
    for path in files("templates/refusals", suffix=".txt"):
        if f'"{path.stem}"' not in source:
            findings.append(at(path, 1, "nobody refuses with this code"))
        if not re.search(r"{% (blocktrans|blocktranslate|trans|translate)\b", path.read_text()):
            findings.append(at(path, 1, "cannot be translated"))
    none(findings)


def test_every_notice_is_a_subject_a_blank_line_and_a_body() -> None:
    findings = []
    for path in files("templates/notices", suffix=".txt"):
        lines = path.read_text().splitlines()
        if len(lines) < 3 or not lines[0].strip() or lines[1].strip() or not lines[2].strip():
            findings.append(at(path, 1, "expected: subject, blank line, body"))
    none(findings)


def test_every_template_compiles() -> None:
    engine, findings = engines["django"], []
    for path in [*files("templates", *PRODUCT, suffix=".html"), *files("templates", suffix=".txt")]:
        try:
            engine.from_string(path.read_text())
        except TemplateSyntaxError as error:
            findings.append(at(path, 1, str(error).split("Must be one of")[0]))
    none(findings)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("inline script", r"<script(?![^>]*(\bsrc=|application/json))"),
        ("inline style", r"<style\b|\sstyle\s*="),
        ("inline handler", r"<[^>]+\son[a-z]+\s*="),
        ("another host", r"<(script|img|iframe|source|link|form)\b[^>]*\b(src|href|action)=[\"']?(https?:)?//"),
    ],
)
def test_pages_need_nothing_the_content_policy_forbids(what: str, pattern: str) -> None:
    assert what
    none(searched(pattern, files("templates", *PRODUCT, suffix=".html")))


def test_floors_hold() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_stands_on_a_floor() -> None:
    (contract,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][:1]
    floors = set(re.findall(r"[a-z][a-z.]+", " ".join(contract["layers"])))
    rooms = {f"market.{path.parent.name}" for path in (ROOT / "market").glob("*/__init__.py")}
    assert rooms <= floors, f"on no floor: {sorted(rooms - floors)}"


def test_the_locks_carry_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        path = ROOT / name
        entries = re.split(r"\n(?=[a-z0-9])", path.read_text())
        none(
            [
                at(path, 1, f"{entry.split()[0]} has no hash")
                for entry in entries
                if "==" in entry and "--hash=sha256:" not in entry
            ]
        )
        none(searched(r"https?:|file:| @ |--(extra-)?index|--find-links", iter([path])))


def test_the_locks_agree_with_each_other_and_with_the_project() -> None:
    runs, tests = (pinned(ROOT / name) for name in ("requirements.lock", "requirements-test.lock"))
    assert runs.items() <= tests.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {re.split(r"[\[<>=~!]", line)[0].lower() for line in project["project"]["dependencies"]}
    assert wanted <= runs.keys(), f"not in requirements.lock: {sorted(wanted - runs.keys())}"
    extra = {re.split(r"[\[<>=~!]", line)[0].lower() for line in project["dependency-groups"]["test"]}
    assert extra <= tests.keys(), f"not in requirements-test.lock: {sorted(extra - tests.keys())}"


def pinned(path: Path) -> dict[str, str]:
    """The versions a lock names, by package (and marker, where versions differ by Python)."""
    return dict(re.findall(r"(?m)^([a-z0-9._-]+)==(\S+)", path.read_text()))


def test_the_launchers_need_the_standard_library_only() -> None:
    findings = []
    for name in (*LAUNCHERS, "deploy/__init__.py"):
        for node in ast.walk(tree(ROOT / name)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            strangers = [one for one in names if one.split(".")[0] not in {*sys.stdlib_module_names, "deploy"}]
            findings += [at(ROOT / name, node.lineno, f"imports {one}") for one in strangers]  # type: ignore[attr-defined]
    none(findings)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)

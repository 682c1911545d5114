"""The package itself: its stubs, its examples, the README."""

import ast
import inspect
import os
import pathlib
import re
import subprocess
import sys
import textwrap

import pytest

import stocktracker as st
from stocktracker import _native

ROOT = pathlib.Path(__file__).resolve().parents[2]
STUB = pathlib.Path(st.__file__).with_name("_native.pyi")


def public(names):
    return {name for name in names if not name.startswith("_")}


def stubbed():
    tree = ast.parse(STUB.read_text())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return classes, functions


def parameters_of(node):
    spec = node.args
    return [a.arg for a in spec.posonlyargs + spec.args if a.arg != "self"], [a.arg for a in spec.kwonlyargs]


def native_parameters(function):
    """From pybind11's signature line: name(a: int, *, b: str = '') -> None."""
    line = inspect.getdoc(function).splitlines()[0]
    inside = line[line.index("(") + 1 : line.rindex(") ->")]
    inside = re.sub(r"=\s*(<[^>]*>|'[^']*'|datetime\.timedelta\([^)]*\))", "= 0", inside)
    depth, parts = 0, [""]
    for char in inside:
        depth += (char in "[({") - (char in "])}")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    names = [part.split(":")[0].strip() for part in parts if part.strip()]
    names = [name for name in names if name != "self"]
    if "*" in names:
        return names[: names.index("*")], names[names.index("*") + 1 :]
    return names, []


def test_stubs_name_what_is_there():
    classes, functions = stubbed()
    native_classes = {name for name, value in vars(_native).items() if inspect.isclass(value)}
    assert public(native_classes) == public(classes)
    assert public(name for name, v in vars(_native).items() if inspect.isbuiltin(v)) == public(functions)
    for name, node in classes.items():
        members = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
        assert public(vars(getattr(_native, name))) == public(members), name


def test_stubs_name_the_parameters():
    classes, functions = stubbed()
    checked = 0
    for owner, nodes in [(_native, functions.values())] + [
        (getattr(_native, name), [n for n in node.body if isinstance(n, ast.FunctionDef)])
        for name, node in classes.items()
    ]:
        for node in nodes:
            function = getattr(owner, node.name)
            if node.name.startswith("_") or isinstance(function, property):
                continue
            assert native_parameters(function) == parameters_of(node), (owner, node.name)
            checked += 1
    assert checked > 50


def test_everything_has_a_docstring():
    missing = [name for name in st.__all__ if inspect.isclass(getattr(st, name)) and not inspect.getdoc(getattr(st, name))]
    assert missing == []


def test_a_type_checker_accepts_it():
    pytest.importorskip("mypy")
    sources = [STUB.parent, *sorted((ROOT / "examples/python").glob("*.py"))]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", "/dev/null", *map(str, sources)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_type_checker_refuses_mistakes(tmp_path):
    pytest.importorskip("mypy")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        textwrap.dedent(
            """
            import stocktracker as st
            engine = st.open("shop.db")
            engine.stock.total("main")
            st.Money(1.5, "RUB")
            position = next(engine.stock.positions())
            position.on_hand + 1
            """
        )
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", "/dev/null", str(wrong)],
        capture_output=True,
        text=True,
        cwd=STUB.parents[1],
    )
    lines = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    assert lines == {4, 5, 7}, done.stdout


@pytest.mark.parametrize("example", sorted((ROOT / "examples/python").glob("*.py")), ids=lambda p: p.stem)
def test_examples(example):
    assert len(example.read_text().splitlines()) < 80
    done = subprocess.run([sys.executable, str(example)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 5


def test_the_readmes_snippet(tmp_path, run_python):
    pytest.importorskip("pandas")
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert len(snippets) == 1
    world = st.testing.World(seed=8, offers=20)
    server = st.testing.WorldServer(world)
    program = f"import os\nos.chdir({str(tmp_path)!r})\n{snippets[0]}\nprint(int(frame['on_hand'].sum()))"
    done = run_python(program, env={"WB_TOKEN": world.token().reveal(), "WB_URL": server.url})
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[-1]) == world.true_total()


def test_the_guides_snippets(tmp_path, run_python):
    pytest.importorskip("pandas")
    snippets = re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text(), re.S)
    assert len(snippets) > 6
    done = run_python("\n".join(snippets))
    assert done.returncode == 0, done.stderr


def test_the_guide_names_every_method():
    guide = (ROOT / "docs/python.md").read_text()
    listed = guide[guide.index("## What there is") : guide.index("## Waiting")]
    services = [getattr(_native, name.capitalize(), None) for name in public(vars(_native.Engine))]
    services = [service for service in services if service is not None]
    assert len(services) == 14
    for service in services:
        for method in public(vars(service)):
            assert re.search(rf"`{method}\b", listed), (service, method)


def test_versions_agree():
    header = (ROOT / "include/stocktracker/version.hpp").read_text()
    numbers = re.findall(r"#define STK_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", header)
    assert st.__version__ == ".".join(numbers)


def test_a_case_that_is_skipped_is_noted(tmp_path):
    (tmp_path / "test_one.py").write_text(
        textwrap.dedent(
            """
            import pytest
            def test_module():
                pytest.importorskip("no_such_module")
            @pytest.mark.parametrize("x", [])
            def test_nothing(x):
                pass
            def test_runs():
                pass
            """
        )
    )
    skips = tmp_path / "skips"
    places = [str(pathlib.Path(__file__).parent), str(STUB.parents[1])]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "conftest", "--rootdir", ".", "test_one.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "STK_SKIPS": str(skips), "PYTHONPATH": os.pathsep.join(places)},
    )
    assert done.returncode == 0, done.stdout
    noted = skips.read_text().splitlines()
    assert [line.split(": ")[0].split("::")[1] for line in noted] == ["test_module", "test_nothing[x0]"], noted

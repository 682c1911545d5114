"""What the tests share: a shop in a world, and a marketplace of our own."""

import itertools
import os
import subprocess
import sys
import textwrap

import pytest

import stocktracker as st


def note_skip(report):
    """Where `./dev test` sees it, as those of C++ (tests/support/skip.hpp): a reason that nobody expects fails it."""
    path = os.environ.get("STK_SKIPS")
    if path and report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{report.nodeid}: {' '.join(reason.split())}\n")


pytest_runtest_logreport = pytest_collectreport = note_skip


class Shop:
    def __init__(self, **options):
        self.world = st.testing.World(**{"seed": 5, "offers": 60, **options})
        self.engine = st.testing.open_in(self.world)
        self.account = self.engine.accounts.connect(st.wildberries(token=self.world.token()), label="main")


@pytest.fixture
def shop():
    made = Shop()
    yield made
    made.engine.close()


class Bazaar(st.Connector):
    """Answers from its class; a subclass changes what it wants."""

    capabilities = st.Capabilities("bazaar", fbo_absent="zero")
    units = {"a": 3, "b": 5}

    def verify_credentials(self, call):
        return st.SellerIdentity("stall", "Ali")

    def list_offers(self, call):
        yield [st.OfferRow(key, barcodes=("1" + key,)) for key in self.units]

    def fetch_stock(self, query, call):
        yield st.StockPage(
            warehouses=[st.Warehouse("hall", "The hall")],
            offer=list(self.units),
            warehouse=[0] * len(self.units),
            on_hand=list(self.units.values()),
        )


@pytest.fixture
def bazaar():
    return Bazaar


def opened(connector, **options):
    engine = st.open(":memory:", connectors=[connector], **options)
    account = engine.accounts.connect(st.Credentials(connector.capabilities.channel, token="sesame"))
    return engine, account


@pytest.fixture
def open_with():
    return opened


@pytest.fixture
def run_python(tmp_path):
    """Runs a program in a process of its own, with a time limit: what hangs, fails."""

    numbers = itertools.count()

    def run(program, *arguments, timeout=60, env=None):
        script = tmp_path / f"program{next(numbers)}.py"
        script.write_text(textwrap.dedent(program))
        return subprocess.run(
            [sys.executable, str(script), *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **(env or {})},
        )

    return run

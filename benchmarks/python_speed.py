"""What the Python module costs, beside what the same costs without it. Goals are missed with exit code 1.

Times are the best of many: what is asked is the cost of a call, not of the machine's other work.
"""

import ctypes
import subprocess
import sys
import time
import timeit

import numpy as np

import stocktracker as st

OFFERS, WAREHOUSES = 100_000, 10
ROWS = OFFERS * WAREHOUSES


class Large(st.Connector):
    """A million positions, given as NumPy columns."""

    capabilities = st.Capabilities("large", numeric_offer_keys=True, fbo_absent="zero")

    def verify_credentials(self, call):
        return st.SellerIdentity("large")

    def list_offers(self, call):
        for at in range(0, OFFERS, 10_000):
            yield [st.OfferRow(str(1 + n), article=f"art-{n}") for n in range(at, at + 10_000)]

    def fetch_stock(self, query, call):
        warehouses = [st.Warehouse(str(n), f"Warehouse {n}") for n in range(WAREHOUSES)]
        for at in range(0, OFFERS, 10_000):
            rows = 10_000 * WAREHOUSES
            yield st.StockPage(
                warehouses=warehouses,
                offer=np.repeat(np.arange(1 + at, 1 + at + 10_000), WAREHOUSES),
                warehouse=np.tile(np.arange(WAREHOUSES, dtype=np.uint32), 10_000),
                on_hand=np.arange(rows) % 17,
            )


failed = False


def goal(name, value, unit, most, note=""):
    global failed
    met = value <= most
    failed = failed or not met
    print(f"{name:<34} {value:>10.3f} {unit:<3} goal {most:<6g} {'' if met else 'MISSED'} {note}", flush=True)


def each(call, number=200_000):
    return min(timeit.repeat(call, number=number, repeat=7)) / number * 1e6


def startup(program):
    times = []
    for _ in range(15):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        times.append(time.perf_counter() - began)
    return min(times) * 1e3


goal("import stocktracker", startup("import stocktracker") - startup("pass"), "ms", 60)

price, tax = st.Money("1299.90", "RUB"), st.Money("260.00", "RUB")
world = st.testing.World(seed=1, offers=50)
small = st.testing.open_in(world)
account = small.accounts.connect(st.wildberries(token=world.token()))
small.sync.run(account)
position = next(small.stock.positions())
goal("getter: Money.minor", each(lambda: price.minor), "us", 1)
goal("getter: StockPosition.on_hand", each(lambda: position.on_hand), "us", 1)
goal("getter: StockPosition.kind", each(lambda: position.kind), "us", 1)
goal("getter: StockPosition.observed_at", each(lambda: position.observed_at), "us", 1)
goal("Result: Money + Money", each(lambda: price + tax), "us", 3)
goal("Result: engine.now()", each(small.now), "us", 3)
total = each(lambda: small.stock.total(account), number=2_000)
print(f"{'(stock.total, a query)':<34} {total:>10.3f} us")

engine = st.open(":memory:", connectors=[Large])
large = engine.accounts.connect(st.Credentials("large", token="t"))
began = time.perf_counter()
assert engine.sync.run(large).state == "ok"
loaded = time.perf_counter() - began
positions = engine.stock.positions(account=large)
began = time.perf_counter()
columns = positions.columns()
read = time.perf_counter() - began
assert len(columns) == ROWS
names = ("account", "offer", "warehouse", "kind", "state", "on_hand", "reserved", "to_client", "from_client")


def bytes_of(arrays):
    return sum(a.data.nbytes + a.mask.nbytes if isinstance(a, np.ma.MaskedArray) else a.nbytes for a in arrays.values())


size = bytes_of(columns.to_numpy())
source, target = np.ones(size, np.uint8), np.empty(size, np.uint8)
memcpy = min(timeit.repeat(lambda: ctypes.memmove(target.ctypes.data, source.ctypes.data, size), number=1, repeat=15))
views = min(timeit.repeat(columns.to_numpy, number=1, repeat=15))
copies = min(timeit.repeat(lambda: {k: a.copy() for k, a in columns.to_numpy().items()}, number=1, repeat=15))


sizes = []
for array in columns.to_numpy().values():
    sizes += [array.data.nbytes, array.mask.nbytes] if isinstance(array, np.ma.MaskedArray) else [array.nbytes]


def fresh_memcpy():
    kept = []
    for part in sizes:
        kept.append(np.empty(part, np.uint8))
        ctypes.memmove(kept[-1].ctypes.data, source.ctypes.data, part)


fresh = min(timeit.repeat(fresh_memcpy, number=1, repeat=15))
print(f"(a million positions loaded in {loaded:.1f} s, read into columns in {read:.2f} s, {size / 1e6:.0f} MB)")
goal("columns to NumPy views / memcpy", views / memcpy, "x", 2, f"{views * 1e6:.0f} us, memcpy {memcpy * 1e3:.1f} ms")
goal("columns to owned arrays / memcpy", copies / fresh, "x", 2, f"{copies * 1e3:.1f} ms, into fresh memory as the memcpy")
rows = 0
began = time.perf_counter()
for _ in engine.stock.positions(account=large):
    rows += 1
    if rows == 100_000:
        break
print(f"(row by row: {100_000 / (time.perf_counter() - began) / 1e3:.0f} thousand positions a second)")
sys.exit(1 if failed else 0)

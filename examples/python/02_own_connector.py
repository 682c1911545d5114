"""A marketplace of one's own: what it can do and what it allows as data, what it answers as pages."""

from datetime import timedelta
from typing import Iterable, List, Union

import stocktracker as st

# What the bazaar would answer over HTTP. A real connector asks by
#   self.ports.http.send(call, "GET", url, operation="bazaar.cards", secret_headers={"X-Key": self.credentials.get("token")})
# which keeps within `limits`: docs/python.md has one.
CARDS = [(f"sku-{n}", f"rug {n}", 3 * n) for n in range(1, 6)]


class Bazaar(st.Connector):
    capabilities = st.Capabilities("bazaar", zone="Asia/Tashkent", fbo_absent="zero", orders=True, prices=True)
    limits = st.LimitTable([st.LimitRule("bazaar", interval=0.5, burst=4)])

    def verify_credentials(self, call: st.Call) -> st.SellerIdentity:
        token = self.credentials.get("token")
        if token is None or not token.equals(st.Secret("open sesame")):
            raise st.UnauthenticatedError("the bazaar does not know this token", http_status=401)
        return st.SellerIdentity("stall-40", "Ali's rugs")

    def list_offers(self, call: st.Call) -> Iterable[List[st.OfferRow]]:
        for at in range(0, len(CARDS), 2):  # pages, as they come
            yield [st.OfferRow(key, article=key, title=title) for key, title, _ in CARDS[at : at + 2]]

    def list_warehouses(self, call: st.Call) -> Iterable[List[st.WarehouseRow]]:
        yield [st.WarehouseRow("cellar", "The cellar")]

    def fetch_stock(self, query: st.StockQuery, call: st.Call) -> Iterable[st.StockPage]:
        fbo = query.kind is st.StockKind.FBO
        warehouse = st.Warehouse("hall", "The hall")
        if not fbo:
            warehouse = st.Warehouse(query.warehouse, query.warehouse_name, kind="seller")
        rows = [(key, units) for key, _, units in CARDS if fbo or key in query.offers]
        yield st.StockPage(
            warehouses=[warehouse],
            offer=[key for key, _ in rows],
            warehouse=[0] * len(rows),
            on_hand=[units if fbo else 1 for _, units in rows],
        )

    def fetch_orders(self, query: st.OrderQuery, call: st.Call) -> Iterable[Union[List[st.OrderRow], st.Covered]]:
        yesterday = call.now - timedelta(days=1)
        yield [st.OrderRow("order-1", yesterday, offer="sku-2", quantity=2, price=st.Money(90, "UZS"))]
        yield st.Covered(query.since, call.now)  # every line of this period has been yielded

    def fetch_prices(self, call: st.Call) -> Iterable[List[st.PriceRow]]:
        yield [st.PriceRow(key, st.Money(10 * units, "UZS")) for key, _, units in CARDS]


with st.open(":memory:", connectors=[Bazaar]) as engine:
    try:
        engine.accounts.connect(st.Credentials("bazaar", token="guess"))
    except st.UnauthenticatedError as refused:
        print(refused.code, refused.http_status)

    account = engine.accounts.connect(st.Credentials("bazaar", token="open sesame"))
    run = engine.sync.run(account, orders=True, prices=True, timeout=10)
    print(run.state, [f"{source.name} {source.state}" for source in run.sources])
    for position in engine.stock.positions(account=account):
        print(f"{position.offer.title:<8} {position.warehouse.name:<12} {position.on_hand}")
    print([f"{line.offer}: {line.quantity} for {line.price}" for line in engine.orders.lines(account)])
    assert engine.stock.total(account).on_hand == sum(units + 1 for _, _, units in CARDS)

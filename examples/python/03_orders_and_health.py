"""What sells and how long the stock lasts: orders, prices, stock health, and products across marketplaces.

Runs offline against simulated marketplaces.
"""

import stocktracker as st

world = st.testing.World(seed=7, offers=8, channels=["wildberries", "ozon"])

with st.open(":memory:", transport=world.transport, clock=world.clock, limits=st.LimitTable()) as engine:
    account = engine.accounts.connect(st.wildberries(token=world.token()), label="wb")
    engine.accounts.connect(st.ozon(client_id=world.seller("ozon"), api_key=world.token("ozon")), label="ozon")
    print(engine.sync.plan(account, orders=True, prices=True))

    for _ in range(5):
        world.clock.advance(2 * 24 * 3600)
        for run in engine.sync.run_all(orders=True, prices=True):
            if isinstance(run, st.StockError):
                print("no run:", run.code)

    covered = engine.orders.coverage(account)  # outside of this period a count would be a guess
    if covered:
        since, until = covered
        lines = list(engine.orders.lines(account, since=since, until=until))
        print(f"{len(lines)} order lines in {(until - since).days} days")

    prices = {price.offer: price.price for price in engine.prices.list(account)}
    health = engine.analytics.stock_health(account, days=7, low_stock=20)
    print(f"score {health.score} of 100: {health.low} low, {health.out} out")
    for offer in health.by_offer:
        print(f"{offer.article:<20} {offer.alert:<8} {str(offer.days):>9} days {prices[offer.offer]}")

    found = engine.listings.matched()
    for product in found.products[:3]:
        print(product.by, [offer.article for offer in product.offers])
    mug = found.offers[0]
    engine.listings.decide(mug.account, mug.key, "my mug", actor="Ann")  # a person's decision takes precedence

    page = engine.offers.list(account=account, page_size=5)
    first = [next(page).offer.key for _ in range(3)]
    rest = [row.offer.key for row in engine.offers.list(account=account, after=page.cursor)]
    print(f"{len(first)} offers, then {len(rest)} after the cursor")

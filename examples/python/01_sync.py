"""Right stock in a few lines: connect, synchronise, look at it, and ask why a number is what it is.

Runs offline against a simulated marketplace; with a real one, leave `transport` and `clock` out and give a real token.
"""

import stocktracker as st

world = st.testing.World(seed=42, offers=12)

with st.open(":memory:", transport=world.transport, clock=world.clock) as engine:
    account = engine.accounts.connect(st.wildberries(token=world.token()), label="main")

    run = engine.sync.run(account, timeout=60, progress=True)
    for source in run.sources:  # never "empty": ok, stale, throttled, denied, failed
        print(f"{source.name:<14} {source.state:<9} {source.rows} rows")

    yesterday = engine.now()
    world.clock.advance(24 * 3600)
    engine.sync.run(account, timeout=60)

    for position in engine.stock.positions(account=account, kind="fbs"):
        on_hand = "unknown" if position.on_hand is None else position.on_hand
        print(f"{position.offer.article:<20} {position.warehouse.name:<20} {on_hand:>7}  seen {position.age_text} ago")

    before = engine.stock.positions(account=account, as_of=yesterday).columns()
    now = engine.stock.positions(account=account).columns()
    print(f"{sum(before.on_hand.units)} units a day ago, {sum(now.on_hand.units)} now")

    for movement in engine.ledger.movements(account=account, since=engine.now()):
        print(movement.explain())
        break

"""Many calls at a time in asyncio: operations are awaited, limited in time, and cancelled with their task."""

import asyncio

import stocktracker as st

world = st.testing.World(seed=4, offers=40)


async def main() -> None:
    with st.testing.open_in(world, threads=True) as engine:
        account = await engine.accounts.submit_connect(st.wildberries(token=world.token()), label="main")
        print(account)

        run = await asyncio.wait_for(engine.sync.submit_run(account, orders=True), timeout=60)
        for source in run.sources:
            print(f"{source.name:<14} {source.state}")

        fbo, fbs = await asyncio.gather(
            engine.stock.submit_columns(account=account, kind="fbo"),
            engine.stock.submit_columns(account=account, kind="fbs"),
        )
        print(f"{sum(fbo.on_hand.units)} at the marketplace, {sum(fbs.on_hand.units)} at home")

        operation = engine.sync.submit_run(account)  # without asyncio: poll it, wait for it, cancel it
        while not operation.wait(0.2):
            print("still running")
        print(operation.result().state)


asyncio.run(main())

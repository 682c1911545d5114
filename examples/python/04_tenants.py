"""Many customers in one store: tenants, handles with permissions, settings, events, an audit, copies."""

import pathlib
import tempfile

import stocktracker as st

world = st.testing.World(seed=3, offers=6)
folder = pathlib.Path(tempfile.mkdtemp())


def note(event: st.AuditEvent) -> None:
    if event.refused:
        print("refused:", event.actor, event.action, event.refused)


# The slash at the end makes a folder with a file for each tenant.
with st.testing.open_in(world, f"{folder}/house/", key_file=folder / "house.key", audit=note) as engine:
    for name in ("anna", "boris"):
        tenant = engine.tenants.create(name, actor="operator")
        handle = engine.as_(tenant, st.Principal("setup", st.Permission))  # every permission, of this tenant alone
        account = handle.accounts.connect(st.wildberries(token=world.token()))
        print(name, handle.sync.run(account, orders=True).state, handle.stock.total(account).on_hand)

    viewer = engine.as_("anna", st.Principal("viewer", ["stock.read"]))
    print(viewer, [position.on_hand for position in viewer.stock.positions()][:5])
    try:
        viewer.settings.change(low_stock=3)
    except st.DeniedError as refused:
        print(refused.code)

    anna = engine.as_("anna", st.Principal("Ann", st.Permission))
    print(anna.settings.change(zone="Asia/Almaty", low_stock=3))
    cursor = anna.events.oldest()  # store it with what the events have led to
    for event in anna.events.after(cursor, wait=1):
        print(event.number, event.topic, event.payload)
        cursor = event.number

    print(engine.backup(folder / "copy"))
    print([f"{tenant.name} {tenant.state}" for tenant in engine.tenants.list()])

# A program that works for one tenant names it once.
with st.testing.open_in(world, folder / "house", key_file=folder / "house.key", tenant="boris") as engine:
    print(engine.stock.total().on_hand, [finding.subject for finding in engine.doctor() if not finding.ok])

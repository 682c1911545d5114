"""What a store holds, in the words that commands show; and how a store is damaged."""
import datetime
import json
import re
import sqlite3

STATUS = ["", "placed", "delivered", "cancelled", "returned", "unknown", "removed"]
KIND = ["fbo", "fbs"]
CARDED = ["listed", "uncarded", "vanished"]
LISTED = ["listed", "unlisted", "vanished"]
POSITION = ["known", "kept", "unknown"]


def time_of(micros):
    at = datetime.datetime.fromtimestamp(micros // 1_000_000, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{micros % 1_000_000:06}" if micros % 1_000_000 else "") + "Z"


def minute_of(micros):
    return time_of(micros)[:19].replace("T", " ") + "Z"


def rows_of(db, sql):
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as store:
        store.row_factory = sqlite3.Row
        return [dict(row) for row in store.execute(sql)]


def money(minor, currency):
    return None if minor is None else {"minor": minor, "currency": currency}


def in_roubles(minor):
    return f"{minor // 100}.{minor % 100:02} RUB" if minor is not None else "?"


def table(text):
    """The rows of a printed table, by the places of its head's words (two spaces or more apart)."""
    lines = [line for line in text.splitlines() if line.strip()]
    starts = [m.start() for m in re.finditer(r"(?<=  )\S|^\S", lines[0])]
    return lines[0], lines[1:], starts


ORDERS = """SELECT a.label AS account, l.*, coalesce(nullif(l.article, ''), o.article, '') AS shown_article
    FROM order_line l JOIN account a USING (account_id) LEFT JOIN offer o USING (account_id, offer_key)
    ORDER BY a.rowid_of, l.ordered_at, l.line_key"""


def order_of(row):
    return {"account": row["account"], "key": row["line_key"], "order": row["order_key"], "offer": row["offer_key"],
            "listing": row["listing"], "article": row["shown_article"], "status": STATUS[row["status"]],
            "status_text": row["status_text"], "fulfilment": KIND[row["kind"]], "warehouse": row["warehouse_key"],
            "warehouse_name": row["warehouse_name"], "quantity": row["quantity"],
            "price": money(row["price_minor"], row["currency"]), "ordered_at": time_of(row["ordered_at"]),
            "changed_at": time_of(row["changed_at"])}


def stored_orders(db):
    return [order_of(row) for row in rows_of(db, ORDERS.replace("a.rowid_of", "a.connected_at, a.account_id"))]


def same_rows(shown, stored, what):
    key = lambda row: json.dumps(row, sort_keys=True)  # noqa: E731
    assert len(stored) > 10, (what, len(stored))
    for one, other in zip(sorted(shown, key=key), sorted(stored, key=key)):
        assert one == other, (what, one, other)
    assert len(shown) == len(stored), (what, len(shown), len(stored))


def change_file(db, sql):
    """As another version, or a disk, would leave the file."""
    file = sqlite3.connect(db)
    file.executescript(sql)
    file.close()


def cut_offers(db):
    """All but one row of a page of the table of offers are lost; the other tables and the indexes still have them."""
    file = sqlite3.connect(db)
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = file.execute("PRAGMA page_size").fetchone()[0]
    root = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'offer'").fetchone()[0]
    file.close()
    with open(db, "r+b") as pages:  # https://sqlite.org/fileformat.html, 1.6
        pages.seek((root - 1) * size)
        page = pages.read(12)
        leaf = int.from_bytes(page[8:], "big") if page[0] == 5 else root
        pages.seek((leaf - 1) * size + 3)
        pages.write(b"\0\1")

#!/usr/bin/python3
"""Users, members and permissions by commands: on one file, in a folder of tenants, and, with the word postgres, on a server."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from option_help import commands_of, options_of, used_by
from stored import minute_of, rows_of, table, time_of

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from postgres_server import PostgresServer  # noqa: E402

BINARY = sys.argv[1]
DOCS = pathlib.Path(__file__).resolve().parent.parent.parent / "docs"
RAN = set()  # (command, option)
ROLES = ["viewer", "user", "admin", "owner"]
NOBODY = "01930000-0000-7000-8000-00000000abcd"


def run(*args, code=0, env=None):
    RAN.update(used_by(args))
    done = subprocess.run([BINARY, *args], capture_output=True, text=True, env={**os.environ, **(env or {})})
    assert done.returncode == code, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done


def show(*args, **how):
    return json.loads(run(*args, "--json", **how).stdout)


def refused(*args, code=2):
    done = run(*args, code=code)
    assert done.stdout == "" and done.stderr.startswith("stocktracker: "), done
    return done.stderr


def check_users(db):
    """Anna, Boris and Clara; what the tables of a file hold is shown, each fact in its place."""
    at = ("--db", db)
    none = run("user", "list", *at)
    assert none.stdout == "" and "no users yet; create one: stocktracker user create ADDRESS --db " in none.stderr, none
    assert show("user", "list", *at) == []
    anna = show("user", "create", "Anna@Example.com", *at)
    facts = {"email": "Anna@example.com", "name": "Anna", "locale": "ru", "zone": "Europe/Moscow", "state": "invited"}
    assert anna.items() >= facts.items(), anna
    boris = show("user", "create", "boris@example.com", *at, "--name", "Boris B", "--locale", "en", "--zone", "Europe/Berlin")
    facts = {"email": "boris@example.com", "name": "Boris B", "locale": "en", "zone": "Europe/Berlin", "state": "invited"}
    assert boris.items() >= facts.items(), boris
    line = run("user", "create", "clara@example.com", *at).stdout
    assert re.fullmatch(r"[0-9a-f-]{36}  invited  clara@example.com  clara\n", line), line
    clara = show("user", "show", "clara@example.com", *at)

    assert "a user with this address exists" in refused("user", "create", "ANNA@example.com", *at)
    assert "has an @" in refused("user", "create", "anna", *at)
    for option, value, words in (("--name", "", "name must have 1 to 120 bytes"), ("--locale", "no such", "locale must"),
                                 ("--zone", "Mars/Olympus", "zone must be a name of")):
        for command in (("create", "dora@example.com"), ("change", "anna@example.com")):
            message = refused("user", *command, *at, option, value)
            assert words in message and "UserProfile" not in message, message

    listed = show("user", "list", *at)
    assert [u["email"] for u in listed] == ["Anna@example.com", "boris@example.com", "clara@example.com"], listed
    assert listed[:2] == [anna, boris] and clara == {**listed[2], "tenants": []}
    for name in ("ANNA@EXAMPLE.COM", anna["id"]):
        assert show("user", "show", name, *at) == {**anna, "tenants": []}
    done = run("user", "show", anna["id"], *at)
    assert "zone    Europe/Moscow\n" in done.stdout and "a member of no tenant" in done.stderr, done
    message = refused("user", "show", "nobody@example.com", *at, code=3)
    assert "there is no user nobody@example.com" in message and "stocktracker user create ADDRESS --db" in message, message
    message = refused("user", "show", NOBODY, *at, code=3)
    assert f"there is no user {NOBODY}" in message and "user create" not in message, message
    assert "user must be an e-mail address or a user's id" in refused("user", "show", "anna", *at)

    assert "--zone" in refused("user", "change", "anna@example.com", *at)
    assert show("user", "change", "anna@example.com", *at, "--name", "Anna K") == {**anna, "name": "Anna K"}
    assert show("user", "change", anna["id"], *at, "--locale", "de")["name"] == "Anna K"
    changed = show("user", "change", "anna@example.com", *at, "--zone", "Asia/Almaty")
    assert changed == {**anna, "name": "Anna K", "locale": "de", "zone": "Asia/Almaty"}, changed

    assert show("user", "disable", "boris@example.com", *at) == {**boris, "state": "disabled"}
    assert f"{boris['id']}  disabled  boris@example.com  Boris B" in run("user", "disable", boris["id"], *at).stdout, "again"
    assert [u["email"] for u in show("user", "list", *at, "--state", "disabled")] == ["boris@example.com"]
    assert len(show("user", "list", *at, "--state", "invited")) == 2
    locked = run("user", "list", *at, "--state", "locked")
    assert (locked.stdout, locked.stderr) == ("", "no locked users\n"), locked
    run("user", "list", *at, "--state", "asleep", code=2)
    assert show("user", "enable", "boris@example.com", *at)["state"] == "active"
    assert "  active  " in run("user", "enable", "anna@example.com", *at).stdout

    # A tenant that is chosen for other commands does not matter here.
    users = show("user", "list", *at, env={"STOCKTRACKER_TENANT": "nobody"})
    head, lines, _ = table(run("user", "list", *at).stdout)
    assert head.split() == ["email", "name", "state", "locale", "zone", "since", "id"] and len(lines) == len(users) == 3
    for line, user in zip(lines, users):
        since = user["created_at"][:16].replace("T", " ")
        assert re.split(r"  +", line)[:5] == [user[k] for k in ("email", "name", "state", "locale", "zone")], (line, user)
        assert since in line and line.endswith(user["id"]), (line, user)
    return {user["email"].split("@")[0].lower(): user for user in users}


def check_stored_users(db, users):
    rows = rows_of(db, "SELECT user_id, address, name, locale, zone, state, created_at FROM person ORDER BY user_id")
    stored = [{"id": r["user_id"], "email": r["address"], "name": r["name"], "locale": r["locale"], "zone": r["zone"],
               "state": r["state"], "created_at": time_of(r["created_at"])} for r in rows]
    assert sorted(users.values(), key=lambda u: u["id"]) == stored, (users, stored)


def check_members(db, tenant, users):
    """Whoever is added, the tenant has an owner."""
    at = ("--db", db, *tenant)
    anna, boris, clara = (users[name]["email"] for name in ("anna", "boris", "clara"))
    none = run("member", "list", *at)
    assert none.stdout == "" and "stocktracker member add ADDRESS --role owner --db " in none.stderr, none
    assert all(word in none.stderr for word in tenant) and show("member", "list", *at) == []
    assert "Add --role owner." in refused("member", "add", anna, *at, "--role", "viewer")
    added = show("member", "add", anna, *at, "--role", "owner")
    facts = {"user": users["anna"]["id"], "email": anna, "name": "Anna K", "role": "owner", "state": "active"}
    assert added.items() >= facts.items(), added
    assert run("member", "add", users["boris"]["id"], *at, "--role", "viewer").stdout == f"{boris} is a viewer\n"
    message = refused("member", "add", boris, *at, "--role", "owner")
    assert f"user {boris} is a member already" in message and "stocktracker member role" in message, message
    message = refused("member", "add", "nobody@example.com", *at, "--role", "user", code=3)
    assert "there is no user nobody@example.com" in message and "--tenant" not in message, message
    assert "--role" in run("member", "add", clara, *at, code=2).stderr
    assert "viewer" in run("member", "add", clara, *at, "--role", "boss", code=2).stderr
    assert "viewer" in run("member", "role", boris, "boss", *at, code=2).stderr

    assert run("member", "role", boris, "user", *at).stdout == f"{boris} is a user\n"
    assert show("member", "role", users["boris"]["id"], "admin", *at)["role"] == "admin"
    listed = show("member", "list", *at)
    assert [(m["email"], m["role"]) for m in listed] == [(anna, "owner"), (boris, "admin")] and listed[0] == added
    for command in (("role", clara, "viewer"), ("remove", clara)):
        message = refused("member", *command, *at, code=3)
        assert f"user {clara} is not a member of this tenant" in message, message

    # The last owner stays.
    for command in (("remove", anna), ("role", anna, "admin")):
        assert "Make another member the owner first." in refused("member", *command, *at)
    message = refused("user", "disable", anna, "--db", db)
    assert "no other owner" in message and "Transfer the ownership" in message, message
    assert show("member", "list", *at) == listed

    assert f"from {boris} is not an owner" in refused("member", "transfer", boris, anna, *at)
    assert f"to {anna} is the owner already" in refused("member", "transfer", anna, anna, *at)
    assert f"to {clara} is not a member of this tenant" in refused("member", "transfer", anna, clara, *at, code=3)
    assert "there is no user nobody@example.com" in refused("member", "transfer", anna, "nobody@example.com", *at, code=3)
    done = run("member", "transfer", anna, boris, *at).stdout
    assert done == f"{boris} is an owner\n{anna} is an admin\n", done
    show("user", "disable", anna, "--db", db)
    assert f"to {anna} is disabled" in refused("member", "transfer", boris, anna, *at)
    show("user", "enable", anna, "--db", db)
    both = show("member", "transfer", boris, users["anna"]["id"], *at)
    assert [(m["email"], m["role"]) for m in both] == [(boris, "admin"), (anna, "owner")], both

    head, lines, _ = table(run("member", "list", *at).stdout)
    assert head.split() == ["email", "name", "role", "state", "since", "user"], head
    for line, member in zip(lines, show("member", "list", *at)):
        assert re.split(r"  +", line)[:4] == [member[k] for k in ("email", "name", "role", "state")], (line, member)
        assert member["since"][:16].replace("T", " ") in line and line.endswith(member["user"]), (line, member)
    shown = show("user", "show", anna, "--db", db)
    assert [t["role"] for t in shown["tenants"]] == ["owner"] and shown["tenants"][0]["since"] == added["since"], shown
    text = run("user", "show", anna, "--db", db).stdout
    head, lines, _ = table(text.split("\n\n")[1])
    assert head.split() == ["tenant", "role", "since", "id"] and shown["tenants"][0]["tenant"] in lines[0], text

    assert "is not a member any more" in run("member", "remove", boris, *at).stdout
    run("member", "add", clara, *at, "--role", "user")
    assert show("member", "remove", clara, *at)["role"] == "user"
    assert [m["email"] for m in show("member", "list", *at)] == [anna]
    assert show("user", "show", clara, "--db", db)["tenants"] == []
    return shown["tenants"][0]["tenant"]


def check_stored_members(db, file, tenant, users):
    rows = rows_of(file, f"SELECT user_id, role, since FROM member WHERE tenant_id = '{tenant}'")
    assert [(r["user_id"], r["role"]) for r in rows] == [(users["anna"]["id"], "owner")], rows
    since = show("user", "show", users["anna"]["id"], "--db", db)["tenants"][0]["since"]
    assert since == time_of(rows[0]["since"]), (since, minute_of(rows[0]["since"]))


def check_registration(db, *key):
    """Repeated, it makes nothing twice."""
    at = ("--db", db, *key)
    shop = ("--tenant", "Dora's shop")
    made = show("user", "register", "dora@example.com", *at, *shop, "--name", "Dora", "--locale", "en", "--zone", "UTC")
    assert made["is_new"] is True, made
    assert show("user", "register", "dora@example.com", *at, *shop) == {**made, "is_new": False}
    text = run("user", "register", "Dora@example.com", *at, *shop).stdout
    assert "was registered before" in text and made["tenant"] in text and "Dora's shop" in text, text
    dora = show("user", "show", "dora@example.com", "--db", db)
    assert (dora["id"], dora["state"], dora["name"], dora["locale"], dora["zone"]) == (made["user"], "active", "Dora", "en", "UTC")
    assert [(t["tenant"], t["role"]) for t in dora["tenants"]] == [(made["tenant"], "owner")], dora
    assert "a user with this address exists" in refused("user", "register", "anna@example.com", *at, "--tenant", "a shop")
    assert "tenant" in refused("user", "register", "egor@example.com", *at, "--tenant", " ")
    assert "--tenant" in run("user", "register", "egor@example.com", *at, code=2, env={"STOCKTRACKER_TENANT": "x"}).stderr
    message = refused("user", "register", "egor@example.com", *at, *shop)
    assert "a tenant with this name exists" in message, message
    assert "egor@example.com" not in {u["email"] for u in show("user", "list", "--db", db)}
    assert dora["tenants"][0]["name"] == "Dora's shop"
    return made


def check_tenants_apart(db, users):
    """What one tenant's members are is nothing to another one."""
    other = ("--db", db, "--tenant", "other")
    run("member", "add", "boris@example.com", *other, "--role", "owner")
    assert [m["email"] for m in show("member", "list", *other)] == ["boris@example.com"]
    assert "is not a member of this tenant" in refused("member", "role", "anna@example.com", "viewer", *other, code=3)
    assert "--tenant NAME" in refused("member", "list", "--db", db)
    run("member", "list", "--db", db, "--tenant", "nobody", code=3)
    run("tenant", "suspend", "other", "--db", db)
    assert "tenant_suspended" in refused("member", "add", "clara@example.com", *other, "--role", "user", code=6)
    assert len(show("member", "list", *other)) == 1
    run("tenant", "resume", "other", "--db", db)
    run("tenant", "delete", "other", "--db", db, "--yes")
    assert show("user", "show", users["boris"]["id"], "--db", db)["tenants"] == [], "the user stays"


def check_file(folder):
    db = os.path.join(folder, "shop.db")
    message = refused("user", "create", "anna@example.com", "--db", db, code=3)
    assert "there is no store" in message and not os.path.exists(db), message
    # What is not valid creates no store.
    for words in (("anna", "--name", "Anna"), ("anna@example.com", "--zone", "Mars/Olympus")):
        refused("user", "register", *words, "--db", db, "--tenant", "mine")
        assert os.listdir(folder) == []
    made = show("user", "register", "egor@example.com", "--db", db, "--tenant", "mine")
    assert made["is_new"] and [m["user"] for m in show("member", "list", "--db", db)] == [made["user"]]
    assert show("user", "register", "egor@example.com", "--db", db, "--tenant", "mine") == {**made, "is_new": False}
    assert "this store has an owner" in refused("user", "register", "anna@example.com", "--db", db, "--tenant", "mine")
    db = os.path.join(folder, "second.db")
    run("demo", "--db", db, "--offers", "5", "--days", "1")
    users = check_users(db)
    check_stored_users(db, users)
    check_stored_members(db, db, check_members(db, (), users), users)
    run("doctor", "--db", db)


def check_folder(folder):
    db = os.path.join(folder, "house")
    refused("user", "list", "--db", db + "/", code=3)
    run("tenant", "create", "anna", "--db", db + "/")
    run("tenant", "create", "other", "--db", db)
    users = check_users(db)
    check_stored_users(os.path.join(db, "control.db"), users)
    tenant = check_members(db, ("--tenant", "anna"), users)
    check_stored_members(db, os.path.join(db, "control.db"), tenant, users)
    check_registration(db, "--key-file", os.path.join(db, "key"))
    check_tenants_apart(db, users)
    run("doctor", "--db", db)
    # A registration also begins a folder.
    new = os.path.join(folder, "new")
    line = run("user", "register", "anna@example.com", "--db", new + "/", "--tenant", "first").stdout
    assert re.fullmatch(r"anna@example.com is the owner of tenant [0-9a-f-]{36}  first\n", line), line
    assert [t["name"] for t in show("tenant", "list", "--db", new)] == ["first"]


def check_server(folder):
    server = PostgresServer()
    try:
        server.run("CREATE DATABASE house")
        run("migrate", "--db", server.url("house", "postgres"))
        db, key = server.url("house", "shop"), ("--key-file", os.path.join(folder, "key"))
        for name in ("anna", "other"):
            run("tenant", "create", name, "--db", db, *key)
        users = check_users(db)
        check_members(db, ("--tenant", "anna"), users)
        check_registration(db, *key)
        assert len(show("member", "list", "--db", db, "--tenant", "anna", "--pooling", "transaction")) == 1
    finally:
        server.stop()


def check_permissions():
    """As the guide has them."""
    page = (DOCS / "permissions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \| (.*) \|$", page.split("<!-- end of roles")[0], re.M)
    wanted = [{"permission": name, "permits": permits, "roles": [role for role, has in zip(ROLES, cells.split("|")) if "yes" in has]}
              for name, permits, cells in rows]
    assert len(wanted) > 30 and show("permissions") == wanted
    head, lines, _ = table(run("permissions").stdout)
    assert head.split() == ["permission", *ROLES, "permits"], head
    assert [(line.split()[0], line.count(" yes ")) for line in lines] == [(w["permission"], len(w["roles"])) for w in wanted]
    for role in ROLES:
        of_role = [w for w in wanted if role in w["roles"]]
        assert show("permissions", "--role", role) == of_role
        head, lines, _ = table(run("permissions", "--role", role).stdout)
        assert head.split() == ["permission", "permits"], head
        assert [re.split(r"  +", line) for line in lines] == [[w["permission"], w["permits"]] for w in of_role]
    assert "viewer" in run("permissions", "--role", "boss", code=2).stderr


def check_options():
    """Each option that a command's help names was run here; tests of all commands run the others."""
    elsewhere = {"--pooling", "--allow-unverified-server", "--tenant", "--key-file", "--key-command", "--key-command-env"}
    commands = [one for one in commands_of(BINARY) if one.split()[0] in ("user", "member", "permissions")]
    assert len(commands) == 13, commands
    missing = [(command, option) for command in commands for option in options_of(BINARY, command) - elsewhere
               if (command, option) not in RAN]
    assert not missing, missing
    for action in ("create", "list", "show", "change", "disable", "enable"):
        assert "--tenant" not in options_of(BINARY, f"user {action}"), action


def main():
    for name in ("STOCKTRACKER_DB", "STOCKTRACKER_TENANT", "STOCKTRACKER_KEY_FILE"):
        os.environ.pop(name, None)
    check_permissions()
    for check in (check_file, check_folder, *([check_server] if "postgres" in sys.argv else [])):
        with tempfile.TemporaryDirectory() as folder:
            check(folder)
    check_options()
    print("ok identity commands")


main()

"""Seams written in Python: a transport that keeps a journal, telemetry, keys of one's own, a clock that a test moves."""

import os
import tempfile
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Dict, List, Optional

import stocktracker as st


class Journal:
    """A transport in front of another one. It never sees a secret as text."""

    def __init__(self, following: st.HttpTransport) -> None:
        self.following = following
        self.lines: List[str] = []

    def send(self, request: st.HttpRequest, call: st.Call) -> st.HttpResponse:
        answer = self.following.send(request, call)
        self.lines.append(f"{request.method} {request.operation}: {answer.status}, {len(answer.body)} bytes")
        return answer


class Numbers:
    """Telemetry: adds up counters. Other methods may be missing."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, metric: str, by: int, labels: Dict[str, str]) -> None:
        self.counts[metric] += by

    def observe(self, metric: str, value: timedelta, labels: Dict[str, str]) -> None:
        pass

    def log(self, event: st.LogEvent) -> None:
        if event.severity == "error":
            print(event.name, event.message, event.fields)


class Keys:
    """A key provider. A real one asks a vault, and keeps the old keys: they open what they have sealed."""

    def __init__(self) -> None:
        self.key = st.SealingKey("2026-11", st.Secret(os.urandom(32)))

    def current(self) -> st.SealingKey:
        return self.key

    def find(self, id: str) -> Optional[st.SealingKey]:
        return self.key if id == self.key.id else None


world = st.testing.World(seed=6, offers=25)
journal, numbers = Journal(world.transport), Numbers()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "shop.db")
    with st.open(path, transport=journal, clock=world.clock, telemetry=numbers, keys=Keys()) as engine:
        account = engine.accounts.connect(st.wildberries(token=world.token()), label="main")
        run = engine.sync.run(account)
        print("run:", run.state, "units:", engine.stock.total(account).on_hand)

print("requests:", *journal.lines[:4], sep="\n  ")
print("counted:", ", ".join(f"{name} {count}" for name, count in numbers.counts.most_common(3)))

clock = st.testing.ManualClock(datetime(2026, 11, 1, tzinfo=timezone.utc))
with st.open(":memory:", clock=clock) as engine:
    clock.advance(timedelta(days=7))
    print("a week later:", engine.now())

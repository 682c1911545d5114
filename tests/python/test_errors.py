"""Failures as exceptions."""

from datetime import timedelta

import pytest

import stocktracker as st
from stocktracker import errors


def test_every_code_has_a_class_of_its_kind():
    codes = st.error_codes()
    assert len(codes) > 40 and codes["vendor_throttled"] is st.ErrorKind.RATE_LIMITED
    for kind in set(codes.values()):
        assert errors._CLASSES[str(kind)].kind is kind
    for each in errors._CLASSES.values():
        assert codes[each.default_code] is each.kind


def test_a_throttled_source_carries_its_exception(shop):
    shop.engine.sync.run(shop.account)
    shop.world.faults.at(0, st.testing.throttle("wildberries", timedelta(hours=2)))
    run = shop.engine.sync.run(shop.account)
    source = next(source for source in run.sources if source.state == "throttled")
    error = source.error
    assert isinstance(error, st.RateLimitedError)
    assert error.code == "vendor_throttled" and error.kind is st.ErrorKind.RATE_LIMITED
    assert error.http_status == 429 and error.retry_after >= timedelta(minutes=1)
    assert error.message and error.public_message == "The marketplace limits the number of requests. Try again later."
    assert "vendor_throttled" in str(error)
    assert source.retry_at > shop.engine.now()


def test_kinds_are_also_pythons_own():
    with pytest.raises(ValueError):
        st.LimitTable.parse("not json")
    with pytest.raises(LookupError):
        raise st.NotFoundError("x")
    with pytest.raises(TimeoutError):
        raise st.TimeoutError("x")


def test_a_deadline(shop):
    with pytest.raises(TimeoutError) as raised:
        shop.engine.sync.run(shop.account, timeout=0)
    assert raised.value.code == "deadline_exceeded"
    with pytest.raises(TypeError):
        shop.engine.sync.run(shop.account, timeout="soon")
    with pytest.raises(st.InvalidError):
        shop.engine.sync.run(shop.account, timeout=float("inf"))


def test_refused_credentials(shop):
    shop.world.faults.at(0, st.testing.answer_status(401, 50))
    with pytest.raises(st.UnauthenticatedError) as raised:
        shop.engine.accounts.connect(st.wildberries(token=shop.world.token()))
    assert raised.value.http_status == 401 and not raised.value.retryable


def test_a_bad_store_names_its_file(tmp_path):
    path = tmp_path / "letter.db"
    path.write_text("Dear shop, " * 1000)
    with pytest.raises(st.InvalidError, match="letter.db"):
        st.open(str(path))


def test_secrets_do_not_print(shop):
    canary = "eyJ-canary-7f3a"
    secret = st.Secret(canary)
    credentials = st.wildberries(token=canary)
    for shown in (repr(secret), str(secret), f"{secret}", repr(credentials), str(credentials), repr([secret])):
        assert canary not in shown
    with pytest.raises(st.StockError) as raised:
        shop.engine.accounts.connect(credentials)
    assert canary not in str(raised.value) + repr(raised.value) + repr(vars(raised.value))
    assert secret.reveal() == canary and secret.equals(st.Secret(canary))
    import pickle

    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_causes_are_chained(tmp_path):
    path = tmp_path / "exposed.key"
    path.write_text("x")
    path.chmod(0o644)
    with pytest.raises(st.StockError) as raised:
        st.open(":memory:", key_file=str(path))
    assert raised.value.code in ("key_exposed", "key_malformed") and "exposed.key" in str(raised.value)

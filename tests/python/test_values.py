"""Money, ids, credentials."""

from decimal import Decimal

import pytest

import stocktracker as st


def test_money_is_exact():
    price = st.Money(Decimal("1299.9"), "RUB")
    assert price.minor == 129990 and price.amount == Decimal("1299.90") and price.currency == "RUB"
    assert price + st.Money("0.10", "RUB") == st.Money(1300, "RUB")
    assert (price - price).minor == 0 and (price * 3).minor == 389970
    assert sum((part.minor for part in price.split([1, 1, 1])), 0) == price.minor
    assert st.Money(Decimal("1E+3"), "RUB") == st.Money.of_minor(100000, "RUB")
    assert str(price) == "1299.90 RUB" and eval(repr(price), {"Money": st.Money}) == price
    assert len({price, st.Money("1299.90", "RUB")}) == 1


@pytest.mark.parametrize("amount", [1299.9, True, None, "1,5", "1.999", "1e3"])
def test_money_refuses(amount):
    with pytest.raises(st.InvalidError):
        st.Money(amount, "RUB")


def test_money_does_not_mix():
    with pytest.raises(st.InvalidError):
        st.Money(1, "RUB") + st.Money(1, "USD")
    with pytest.raises(st.InvalidError):
        st.Money.of_minor(2**62, "RUB") * 4
    with pytest.raises(TypeError):
        st.Money(1, "RUB") + 1


def test_ids():
    text = "01930000-0000-7000-8000-00000000000a"
    account = st.AccountId(text)
    assert str(account) == text and repr(account) == f"AccountId('{text}')"
    assert account == st.AccountId(text.upper()) and account != st.RunId(text)
    with pytest.raises(st.InvalidError):
        st.AccountId("main")


def test_credentials():
    credentials = st.Credentials("bazaar", token="sesame", client_id=st.Secret("7"))
    assert credentials.channel == "bazaar" and sorted(credentials.names) == ["client_id", "token"]
    assert credentials.get("token").reveal() == "sesame" and credentials.get("other") is None


def test_enumerations_are_text():
    assert st.RunState.OK == "ok" and str(st.RunState.OK) == "ok" and f"{st.RunState.OK:<4}|" == "ok  |"
    assert st.RunState("partial") is st.RunState.PARTIAL

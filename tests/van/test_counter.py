"""The counter on the van: several ways of paying, a discount, some of a sale given back."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.handheld import Van
from van_app.checking import CannotKeep
from van_app.keeping import Line


def test_a_mixed_receipt_and_its_refund_arrive_as_they_were_entered(van: Van, api: Api) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    ways = [{"payment": "ticket", "ticket_count": 1}, {"payment": "cash"}]
    sale = phone.sell([Line(van.item, 10, 15)], payment="mixed", payments=ways, discount_yen=20)
    phone.refund(sale, {0: 5}, "多すぎた")
    assert phone.sync().dead == 0
    shown = api.get(f"/v1/sales/{sale}").json
    assert (shown["goods_yen"], shown["discount_yen"], shown["total_yen"]) == (150, 20, 30)
    assert [refund["total_yen"] for refund in shown["refunds"]] == [15]


def test_what_the_server_would_refuse_is_refused_at_the_counter(van: Van) -> None:
    phone = van.phone()
    phone.open_visit(plan_stop_id=van.plan_stop)
    with pytest.raises(CannotKeep):
        phone.sell(rush_yen=100, payment="mixed", payments=[{"payment": "cash"}])
    with pytest.raises(CannotKeep):
        phone.sell(rush_yen=100, payment="cash", payments=[{"payment": "cash"}, {"payment": "paypay"}])
    with pytest.raises(CannotKeep):
        phone.refund(phone.sell(rush_yen=100), {0: 0}, "x")
    assert phone.status().waiting == 2

"""What a merchant is told, on its owner's phone: the own addresses alone."""

from canglian.kernel.outbox import Receiver, ReceiverState, queries
from canglian.kernel.queries.paging import Order
from tests.bank.payment.mobile.test_shop import shop_of, signed_in
from tests.bank.payment.told import URL
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import Town


async def test_an_owner_keeps_the_addresses_of_the_own_shop_alone(town: Town, phone: NewPhone) -> None:
    owner, other = await town.person(), await town.person("司徒振华")
    mine, theirs = await shop_of(town, owner), await shop_of(town, other)
    own, stranger = await signed_in(phone, owner), await signed_in(phone, other)
    at = f"/m/shop/{mine.id}/notifications"
    assert at in (await own.look(f"/m/shop/{mine.id}")).text
    await own.look(at)
    page = (await own.send(at, act="add", url=URL)).text
    assert "whsec_" in page
    reader = town.services.reader
    ((view),) = (await queries.receivers(reader, 1, Order(), {"merchant": mine.id})).items
    assert "whsec_" not in (await own.look(at)).text
    await own.send(at, act="test", receiver=view.id)
    assert "测试事件" in (await own.look(at)).text
    await own.send(at, act="pause", receiver=view.id)
    stored = (await town.services.store.load(1, Receiver, [view.id]))[view.id]
    assert stored.state is ReceiverState.PAUSED
    assert (await stranger.look(at)).status_code == 404
    foreign = f"/m/shop/{theirs.id}/notifications"
    await stranger.look(foreign)
    for action in ("test", "resume", "secret", "remove"):
        assert (await stranger.send(foreign, act=action, receiver=view.id)).status_code in (404, 422), action
    stored = (await town.services.store.load(1, Receiver, [view.id]))[view.id]
    assert stored.state is ReceiverState.PAUSED

"""The code that signs a contract: typed wrongly so often only, over all codes of a day."""

from datetime import timedelta

from canglian.bank.credit.applications.commands import AskSigningCode, SignApplication
from canglian.bank.party.rules import first_policy
from tests.bank.credit.lending import INDEX, Lending
from tests.ledger.branch import NOW

POLICY = first_policy(NOW)
TRIES, SENDS = POLICY.step_tries, POLICY.code_sends
WRONG = "fedcba9876543210" * 2


async def test_a_code_is_typed_wrongly_so_often_and_so_many_are_sent_in_a_day(branch: Lending) -> None:
    await branch.product()
    offer = await branch.offered(await branch.ewallet(1))
    text = offer.text_hash or ""
    right = SignApplication(application=offer.id, code=INDEX, text_hash=text)
    guesses = 0
    for number in range(1, SENDS + 1):
        await branch.do(AskSigningCode(application=offer.id, code=INDEX, number=number))
        left = TRIES
        while left:
            done = await branch.do(SignApplication(application=offer.id, code=WRONG, text_hash=text))
            assert (done.signed, done.left) == (False, left - 1)
            guesses, left = guesses + 1, done.left
        assert (await branch.refused(right))[0] == "credit_application.code_missing"
        branch.now += timedelta(minutes=2)
    another = AskSigningCode(application=offer.id, code=INDEX, number=SENDS + 1)
    assert (await branch.refused(another))[0] == "credit_application.codes_spent"
    assert guesses == TRIES * SENDS
    branch.now += timedelta(days=1)
    await branch.do(another)
    assert (await branch.do(right)).signed

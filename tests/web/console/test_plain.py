"""Machine words told to people: kinds, refusals, who asked, what it is about, and the facts of a payload."""

from canglian.web.console import plain
from canglian.web.words import translated

SCALES = {"CNY": 2, "ECNY": 2}
OBJECTS = {"account": "/console/accounts/{}", "debit": "/console/accounts/{}"}


def zh(text: str) -> str:
    return translated(text, "zh")


def test_what_nobody_translated_is_shown_as_it_is() -> None:
    assert plain.worded("code", "salary", zh) == "工资"
    assert plain.worded("code", "a.banks.own", zh) == "a.banks.own"
    assert plain.who("somebody", zh) == "somebody"
    assert plain.about("planet:3", zh) == "planet:3"
    assert plain.refusal("no.such_code", zh) == "no.such_code"


def test_a_refusal_is_a_sentence_with_its_figures_or_without() -> None:
    fields = {"account": 23, "amount": 900_000_000, "asset": "CNY", "available": 8_294_985}
    assert "¥82,949.85" in plain.refusal("transfer.insufficient_funds", zh, fields)
    short = plain.refusal("transfer.insufficient_funds", zh)
    assert "…" in short
    assert "{" not in short


def test_who_and_what_about() -> None:
    assert plain.who("user:ann", zh) == "用户 ann"
    assert plain.who("person:pty_01m8963thdvmddb4s1yzv2k9f3", zh) == "个人 …v2k9f3"
    assert plain.about("account:12", zh) == "账户 12"
    merchant = "merchant:mer_01m8963thdvmddb4s1yzv2k9f3"
    assert plain.about(merchant, zh, short=True) == "商户 …v2k9f3"
    assert plain.about(merchant, zh) == "商户 mer_01m8963thdvmddb4s1yzv2k9f3"
    assert plain.page_of("account:12", OBJECTS) == "/console/accounts/12"
    assert plain.page_of("day:2026-01-01", OBJECTS) is None


def test_the_facts_of_a_payload_are_fields_in_words_and_amounts_as_people_write_them() -> None:
    payload = {"debit": 12, "amount": 7770, "asset": "CNY", "code": "salary", "reference": None, "final": True}
    facts = plain.facts(payload, SCALES, OBJECTS, zh)
    assert [(fact.title, fact.text, fact.href) for fact in facts] == [
        ("付款账户", "12", "/console/accounts/12"),
        ("金额", "¥77.70", None),
        ("币种", "CNY", None),
        ("代码", "工资", None),
        ("释放剩余", "是", None),
    ]
    assert plain.line(facts[:2]) == "付款账户 12 · 金额 ¥77.70"


def test_an_amount_of_an_unsaid_asset_has_its_decimals_only_where_all_agree() -> None:
    assert plain.facts({"amount": -7770}, SCALES, {}, zh)[0].text == "-77.70"
    assert plain.facts({"amount": 7770}, {"CNY": 2, "POINT": 0}, {}, zh)[0].text == "7,770"


def test_instants_lists_and_what_lies_inside_are_readable() -> None:
    payload = {
        "happened_at": "2026-01-31T16:00:00.5Z",
        "lines": [{}] * 1200,
        "kinds": ["transfer.*", "account.opened"],
        "metadata": {"shop": "7"},
    }
    assert [fact.text for fact in plain.facts(payload, {}, {}, zh)] == [
        "2026-02-01 00:00:00",
        "共 1,200 项",
        "transfer.* account.opened",
        "7",
    ]
    assert plain.facts(3, {}, {}, zh)[0].text == "3"
    assert plain.facts(None, {}, {}, zh) == []


def test_shares_and_money_of_figures_are_read_as_people_write_them() -> None:
    figures = {"rate_ppm": 3500, "rate_bps": 38, "pay_code_max": 50_000, "order_minutes": 30}
    facts = plain.facts(figures, SCALES, {}, zh)
    assert [fact.text for fact in facts] == ["0.3500 %", "0.38 %", "500.00", "30"]

"""Several mailboxes to several queues: a channel may name the queue of those who come from it."""

from pathlib import Path

from msgspec.structs import replace

from bot.config.load import load_config
from bot.model.business import Queue
from tests.unit.engine.builder import BUSINESS, Talk, a_script

CONFIG = """\
operators: {queues: {ремонт: {title: Ремонт}, опт: {title: Опт}}}
channels:
  telegram: {token: "1:A"}
  shop: {kind: telegram, token: "2:B", queue: QUEUE}
"""


def test_a_channel_has_a_queue_of_its_own_where_no_other_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.replace("QUEUE", "опт"), "utf-8")
    loaded = load_config(tmp_path)
    assert loaded.findings == ()
    business = loaded.config.business
    assert business.queue_for("", "shop").id == "опт"
    assert business.queue_for("ремонт", "shop").id == "ремонт"
    assert business.queue_for("", "telegram").id == "ремонт"


def test_a_queue_that_does_not_exist_is_found_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.replace("QUEUE", "оптт"), "utf-8")
    (finding,) = load_config(tmp_path).findings
    assert (finding.code, finding.line) == ("E604", 4)


def test_who_asks_for_a_person_waits_in_the_channels_queue() -> None:
    queues = (Queue("ремонт", "Ремонт"), Queue("опт", "Опт"))
    business = replace(BUSINESS, queues=queues, channel_queues={"telegram": "опт"})
    assert Talk(a_script(), business=business).user("оператор").handover.queue == "опт"
    assert (
        Talk(a_script(), business=replace(business, channel_queues={}))
        .user("оператор")
        .handover.queue
        == "ремонт"
    )

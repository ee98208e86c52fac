"""`http` steps and the owner's own actions: effects whose end comes back as an event."""

from bot.model.effect import CallAction
from bot.model.event import ActionFinished, TimerFired
from tests.unit.engine.builder import Talk, a_flow, a_script, do, entry, slot

OTHER = a_flow("другой", do.say("раз", "Другой"), commands=("other",))
PRICE = entry("цена", "Сколько стоит ремонт?")


def asking(**given: object) -> Talk:
    flow = a_flow(
        "заказ",
        do.ask("номер", "Номер заказа?"),
        do.http(
            "запрос",
            "https://api.example.ru/orders/{{ номер }}?key={{ secret.KEY }}",
            save="заказ",
            timeout=5000,
            retries=2,
            headers={"X-Key": "{{ secret.KEY }}"},
            json={"n": do.say("x", "{{ номер }}").texts[0].default, "list": [1]},
            **given,
        ),
        do.say("итог", "Заказ {{ заказ.state }} ({{ заказ.status }})"),
        blocks=(
            do.say("беда", "Не получилось: {{ заказ.status }}", next="конец"),
            do.end("конец"),
            do.handoff("люди", "Сбой", next="запрос"),
        ),
    )
    return Talk(a_script(flow, OTHER, faq=(PRICE,))).start("заказ").user("А 1/2")


def finished(talk: Talk, ok: bool = True, **result: object) -> Talk:
    call = talk.conversation.dialog.stack[0].call
    return talk.hear(ActionFinished(call, ok, result or None, "" if ok else "no answer"))


def test_a_request_is_an_effect_with_parts_encoded_and_secrets_unsaid() -> None:
    talk = asking()
    call = talk.got(CallAction)[0]
    assert call.kind == "http"
    assert call.request == {
        "method": "GET",
        "url": "https://api.example.ru/orders/%D0%90%201%2F2?key=\x00secret:KEY\x00",
        "headers": {"X-Key": "\x00secret:KEY\x00"},
        "json": {"n": "А 1/2", "list": [1]},
    }
    assert (call.timeout, call.retries) == (5000, 2)
    assert talk.said == []


def test_a_secret_is_nowhere_but_in_http() -> None:
    flow = a_flow("поток", do.say("раз", "[{{ secret.KEY }}]"))
    assert Talk(a_script(flow)).start("поток").said == ["[]"]


def test_what_another_system_sent_cannot_pass_for_a_secret() -> None:
    url = "https://api.example.ru/{{ ответ.имя }}/{{ ответ.json.list[0] }}?key={{ secret.KEY }}"
    flow = a_flow(
        "поток",
        do.http("первый", "https://api.example.ru/", save="ответ"),
        do.http("второй", url, json=do.say("x", "{{ ответ.json }}").texts[0].default),
    )
    forged = "\x00secret:KEY\x00/.."
    answer = {"имя": forged, "list": [forged]}
    talk = finished(Talk(a_script(flow)).start("поток"), status=200, json=answer)

    request = talk.got(CallAction)[0].request
    assert request["url"] == (
        "https://api.example.ru/secret%3AKEY%2F../secret%3AKEY%2F..?key=\x00secret:KEY\x00"
    )
    assert request["json"] == {"имя": "secret:KEY/..", "list": ["secret:KEY/.."]}


def test_the_answer_is_saved_and_the_flow_goes_on() -> None:
    assert finished(asking(), status=200, json={"state": "готов"}).said == ["Заказ готов (200)"]


def test_an_answer_that_is_no_mapping_is_under_json() -> None:
    talk = finished(asking(), status=200, json=[1, 2])
    assert talk.slots["заказ"] == {"status": 200, "json": [1, 2]}


def test_a_failed_call_runs_on_error() -> None:
    talk = finished(asking(on_error="беда"), ok=False, status=503)
    assert talk.said == ["Не получилось: 503"]
    assert talk.rules[0] == "call_failed"


def test_without_on_error_people_are_called_and_the_step_is_tried_again() -> None:
    talk = finished(asking(), ok=False)
    assert talk.handover.reason == "Не ответила другая система"
    assert talk.handover.note == "no answer"
    assert len(talk.resume().got(CallAction)) == 1


def test_when_on_error_hands_over_the_flow_comes_back_to_the_step_that_failed() -> None:
    talk = finished(asking(on_error="люди"), ok=False)
    assert talk.handover.reason == "Сбой"
    assert len(talk.resume().got(CallAction)) == 1


def test_every_call_has_an_id_of_its_own() -> None:
    talk = asking()
    first = talk.got(CallAction)[0].id
    finished(talk, ok=False)
    assert talk.resume().got(CallAction)[0].id != first


def test_late_and_unknown_ends_are_ignored() -> None:
    talk = asking()
    assert talk.hear(ActionFinished("7-999", True, {})).rules == ["late"]
    call = talk.conversation.dialog.stack[0].call
    finished(talk, status=200, json={})
    before = talk.conversation
    talk.hear(ActionFinished(call, True, {}))
    assert talk.conversation == before


def test_messages_meanwhile_are_told_to_wait_once() -> None:
    talk = asking()
    assert talk.user("ну что там").said == ["Минутку, ещё проверяю."]
    assert talk.user("ау").said == []
    assert finished(talk, status=200, json={"state": "готов"}).said == ["Заказ готов (200)"]


def test_meanwhile_the_faq_commands_and_words_work() -> None:
    assert asking().user("Сколько стоит ремонт?").said == ["Ответ: цена"]
    assert asking().user("отмена").said == ["Хорошо, отменил."]
    assert asking().user("/other").said[0].startswith("Сейчас заполняется")
    talk = asking().user("оператор")
    assert talk.handover is not None
    assert talk.resume().said == []
    assert finished(talk, status=200, json={"state": "готов"}).said == ["Заказ готов (200)"]


def test_an_end_that_comes_while_people_have_it_is_kept_for_later() -> None:
    talk = asking().user("оператор")
    call = talk.conversation.dialog.stack[0].call
    talk.keep(ActionFinished(call, True, {"status": 200, "json": {"state": "готов"}}))
    assert talk.resume().said == ["Заказ готов (200)"]


def test_a_failure_while_people_have_it_is_seen_when_they_give_it_back() -> None:
    talk = asking(on_error="беда").user("оператор")
    talk.keep(ActionFinished(talk.conversation.dialog.stack[0].call, False, {"status": 500}, "no"))
    assert talk.resume().said == ["Не получилось: 500"]
    talk = asking().user("оператор")
    talk.keep(ActionFinished(talk.conversation.dialog.stack[0].call, False, None, "no"))
    assert len(talk.resume().got(CallAction)) == 1


def test_nothing_else_is_kept() -> None:
    talk = asking().user("оператор")
    before = talk.conversation
    assert (
        talk.keep(TimerFired("wait:1", 1)).keep(ActionFinished("7-999", True)).conversation
        is before
    )


def test_the_owners_python_gets_its_values_with_their_types() -> None:
    flow = a_flow(
        "поток",
        do.ask("сколько", "Сколько?", "number"),
        do.action(
            "счёт",
            "считать",
            values={"n": "{{ сколько }}", "текст": "всего {{ сколько }}"},
            save="итог",
        ),
        do.say("раз", "{{ итог.сумма }}"),
        slots=(slot("сколько", "number"),),
    )
    talk = Talk(a_script(flow)).start("поток").user("5")
    call = talk.got(CallAction)[0]
    assert (call.kind, call.request) == (
        "python",
        {"action": "считать", "with": {"n": 5, "текст": "всего 5"}},
    )
    assert talk.hear(ActionFinished(call.id, True, {"сумма": 50})).said == ["50"]


def test_a_circle_of_calls_without_a_word_is_stopped() -> None:
    talk = Talk(a_script(a_flow("круг", do.http("раз", "https://a.ru", next="раз")))).start("круг")
    turns = 0
    while talk.handover is None:
        finished(talk, status=200)
        turns += 1
        assert turns < 20
    assert turns == 10


def test_a_word_from_the_customer_begins_the_count_anew() -> None:
    talk = Talk(a_script(a_flow("круг", do.http("раз", "https://a.ru", next="раз")))).start("круг")
    for _ in range(30):
        talk.user("ау")
        finished(talk, status=200)
    assert talk.handover is None


def test_the_hundred_steps_of_a_turn_are_counted_anew_when_a_call_ends() -> None:
    before = [do.set(f"до{number}", а="1") for number in range(60)]
    behind = [do.set(f"после{number}", а="1") for number in range(60)]
    flow = a_flow(
        "длинный", *before, do.http("запрос", "https://a.ru"), *behind, do.say("всё", "Всё")
    )
    talk = Talk(a_script(flow)).start("длинный")
    finished(talk, status=200)
    assert (talk.said, talk.handover) == (["Всё"], None)

"""A machine at the other end that answers every letter and does not say that it is one."""

import asyncio
from pathlib import Path

from tests.acceptance.email.office import Office
from tests.acceptance.email.test_kills import echo
from tests.acceptance.telegram.program import Program
from tests.fakes.mail.letters import answer, letter, vouched
from tests.fakes.mail.post import Sent
from tests.fakes.mail.pymap_box import PymapBox

MOST = 4
ROBOT = "robot@example.org"


async def test_a_circle_ends_with_the_hours_letters_and_a_ticket_for_people(tmp_path: Path) -> None:
    async with Office(PymapBox(tmp_path / "box")) as office:
        folder = echo(tmp_path / "business", office, automatic_per_hour=MOST, begin="all")

        def replies(sent: Sent) -> None:
            office.box.put(
                vouched(answer(sent.raw, "Ваше письмо очень важно для нас", sender=ROBOT))
            )

        await asyncio.to_thread(office.box.put, vouched(letter("/start", sender=ROBOT)))
        async with Program(folder) as program:
            # aiosmtpd answers in a thread of its own, where the machine may take its time.
            office.post.on_letter = replies
            await program.prints("answered too often")
            await asyncio.to_thread(
                office.box.put, vouched(letter("/start", sender="anna@example.org"))
            )
            await office.until(
                lambda: office.post.to("anna@example.org"), "others are not answered"
            )
            assert len(office.post.to(ROBOT)) == MOST
            assert await program.stop() == 0

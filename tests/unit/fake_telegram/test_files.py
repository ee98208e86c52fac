"""Files both ways: ids are for one bot, and sizes have limits."""

import aiogram
import aiogram.types as a
import pytest
import telegram
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge

from tests.fakes.telegram import FakeBot, FakeTelegram, Person

MB = 1024 * 1024


async def test_a_photo_is_downloaded_and_uploaded_again_by_the_other_bot(
    server: FakeTelegram,
    bot: FakeBot,
    gram: aiogram.Bot,
    desk: FakeBot,
    ptb: telegram.Bot,
    anna: Person,
) -> None:
    oleg = server.person("Олег")
    group = server.forum("Операторы", members=[oleg], bot=desk)
    await anna.sends_photo("Вот экран", to=bot, data=b"jpeg of a screen")
    message = (await gram.get_updates())[-1].message
    assert message
    assert message.photo
    file_id = message.photo[-1].file_id
    file = await gram.get_file(file_id)
    assert file.file_path
    got = await gram.download_file(file.file_path)
    assert got
    data = got.read()
    assert data == b"jpeg of a screen"
    with pytest.raises(telegram.error.BadRequest, match="Wrong file_id"):
        await ptb.send_photo(group.id, file_id)
    await ptb.send_photo(group.id, data, caption="Вот экран")
    assert group.transcript() == ["Стойка: [фото] Вот экран"]
    with pytest.raises(TelegramBadRequest, match="can't use file of type Photo as Document"):
        await gram.send_document(anna.id, file_id)
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await gram.send_document(anna.id, "https://example.ru/a.pdf")


async def test_sizes_have_limits(bot: FakeBot, gram: aiogram.Bot, anna: Person) -> None:
    await anna.sends("video", b"short", "film.mp4", to=bot, size=21 * MB)
    message = (await gram.get_updates())[-1].message
    assert message
    assert message.video
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await gram.get_file(message.video.file_id)
    big = a.BufferedInputFile(bytes(10 * MB + 1), "big.jpg")
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await gram.send_photo(anna.id, big)
    await gram.send_document(anna.id, big)
    with pytest.raises(TelegramEntityTooLarge):
        await gram.send_document(anna.id, a.BufferedInputFile(bytes(50 * MB + 1), "huge.bin"))
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await gram.send_document(anna.id, big, caption="я" * 1025)


async def test_every_kind_of_file_goes_both_ways(
    bot: FakeBot, gram: aiogram.Bot, anna: Person
) -> None:
    kinds = ("photo", "video", "animation", "voice", "audio", "video_note", "document", "sticker")
    for kind in kinds:
        await anna.sends(kind, b"data", "file.mp4", to=bot)
    for kind, update in zip(kinds, await gram.get_updates(), strict=True):
        assert update.message
        body = getattr(update.message, kind)
        assert body, kind
        file_id = (body[-1] if kind == "photo" else body).file_id
        again = await getattr(gram, f"send_{kind}")(anna.id, file_id)
        assert getattr(again, kind), kind


async def test_albums_go_both_ways(bot: FakeBot, gram: aiogram.Bot, anna: Person) -> None:
    await anna.sends_album(["Спереди", "Сзади"], to=bot)
    first, second = [one.message for one in await gram.get_updates()]
    assert first
    assert second
    assert first.media_group_id == second.media_group_id
    upload = a.BufferedInputFile(b"new", "new.jpg")
    assert first.photo
    parts: list[a.MediaUnion] = [
        a.InputMediaPhoto(media=upload, caption="Наш"),
        a.InputMediaPhoto(media=first.photo[-1].file_id),
    ]
    sent = await gram.send_media_group(anna.id, parts)
    assert len({one.media_group_id for one in sent}) == 1
    assert anna.transcript() == [
        "Анна: [фото] Спереди",
        "Анна: [фото] Сзади",
        "Импульс: [фото] Наш",
        "Импульс: [фото]",
    ]
    with pytest.raises(TelegramBadRequest, match="album must contain"):
        await gram.send_media_group(anna.id, parts[:1])

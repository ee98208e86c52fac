"""What people see on their screens: messages as words, with buttons and reactions."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram.places import GENERAL, Chat, Json, Post

MEDIA = {
    "photo": "фото",
    "video": "видео",
    "animation": "гифка",
    "voice": "голосовое",
    "audio": "аудио",
    "video_note": "кружок",
    "document": "файл",
    "sticker": "стикер",
}


@dataclass(frozen=True)
class Seen:
    """A message on somebody's screen: `labels` are the rows of buttons under it."""

    id: int
    who: str
    text: str
    labels: tuple[tuple[str, ...], ...] = ()
    below: tuple[tuple[str, ...], ...] = ()
    """The rows of the keyboard that came with it and stands under the line of writing."""
    reactions: str = ""
    edited: bool = False
    answers: str = ""
    mine: bool = False

    @property
    def buttons(self) -> list[str]:
        """All labels, row after row."""
        return [label for row in self.labels for label in row]

    def lines(self) -> list[str]:
        """The message as lines of a transcript."""
        mark = " (изменено)" if self.edited else ""
        answer = f" (в ответ на «{_short(self.answers)}»)" if self.answers else ""
        first, *rest = self.text.split("\n")
        made = [f"{self.who}{answer}{mark}: {first}", *(f"  {line}" for line in rest)]
        made += ["  " + " ".join(f"[{label}]" for label in row) for row in self.labels]
        made += ["  ⌨ " + " ".join(f"[{label}]" for label in row) for row in self.below]
        return [*made, f"  ↳ {self.reactions}"] if self.reactions else made

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _short(text: str) -> str:
    first = text.partition("\n")[0]
    return first if len(first) <= 40 else first[:39] + "…"


def words(content: Json) -> str:
    """A message's content in words: «[фото] подпись»."""
    if "text" in content:
        return str(content["text"])
    parts = [_thing(name, content[name]) for name in content if name in MEDIA or name in OTHER]
    if "animation" in content:
        parts = [part for part in parts if not part.startswith("[файл")]
    if "caption" in content:
        parts.append(str(content["caption"]))
    return " ".join(parts) or _service(content)


OTHER = ("contact", "location", "venue")


def _thing(name: str, value: Any) -> str:
    match name:
        case "contact":
            return f"[контакт {value['first_name']} {value['phone_number']}]"
        case "location":
            return f"[место {value['latitude']:.5f}, {value['longitude']:.5f}]"
        case "venue":
            return f"[адрес {value['title']}]"
        case "document" | "audio":
            return f"[{MEDIA[name]} {value['file_name']}]"
    return f"[{MEDIA[name]}]"


def _service(content: Json) -> str:
    for name, value in content.items():
        match name:
            case "pinned_message":
                return f"* закреплено «{_short(words(value.content))}»"
            case "forum_topic_created":
                return f"* тема «{value['name']}» создана"
            case "forum_topic_edited":
                return f"* тема названа «{value.get('name', '')}»"
            case "forum_topic_closed":
                return "* тема закрыта"
            case "forum_topic_reopened":
                return "* тема открыта"
            case "new_chat_members":
                return "* вошли: " + ", ".join(one["first_name"] for one in value)
            case "left_chat_member":
                return f"* вышел: {value['first_name']}"
    return "* " + ", ".join(content)


def seen(post: Post, me: int = 0) -> Seen:
    """One message as a person sees it."""
    chat = post.chat
    answered = chat.posts.get(post.reply_to) if post.reply_to else None
    reactions = [
        one.get("emoji", "?")
        for chosen in chat.reactions.get(post.id, {}).values()
        for one in chosen
    ]
    name = post.sender_chat["title"] if post.sender_chat else post.author["first_name"]
    return Seen(
        post.id,
        name,
        words(post.content),
        tuple(tuple(button["text"] for button in row) for row in post.inline),
        tuple(
            tuple(one if isinstance(one, str) else one["text"] for one in row)
            for row in (post.markup or {}).get("keyboard", ())
        ),
        " ".join(reactions),
        post.edited is not None,
        words(answered.content) if answered else "",
        post.author["id"] == me,
    )


def posts_in(chat: Chat, thread: int | None = None) -> list[Post]:
    """The messages of a chat, or of one of its topics."""
    if thread is None:
        return list(chat.posts.values())
    return [post for post in chat.by_thread.get(thread, ()) if post.id in chat.posts]


def within(thread: int | None, other: int | None) -> bool:
    """Whether what stands in one topic belongs to another; None is the whole chat, 1 is General."""
    return thread is None or (other or GENERAL) == thread


def transcript(chat: Chat, thread: int | None = None, *, notices: bool = False) -> list[str]:
    """Plain lines for golden assertions: messages as they stand now, and the presses between them."""
    parts = [
        (post.id, 0, seen(post).lines())
        for post in posts_in(chat, thread)
        if notices or not post.notice
    ]
    parts += [
        (one.after, number, _press(one))
        for number, one in enumerate(chat.presses, 1)
        if within(thread, one.thread)
    ]
    return [line for _, _, lines in sorted(parts, key=lambda part: part[:2]) for line in lines]


def _press(query: Any) -> list[str]:
    answer = (query.answer or {}).get("text")
    return [f"{query.who} нажимает [{query.label}]", *([f"  ↳ «{answer}»"] if answer else [])]

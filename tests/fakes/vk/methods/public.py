"""wall.* and board.*: comments."""

from collections.abc import Callable
from typing import Any

from tests.fakes.vk.faults import Refusal
from tests.fakes.vk.schema import Json
from tests.fakes.vk.world import World


def comment_post(world: World, said: Json) -> Json:
    """A comment under a post, in the community's name."""
    if said.get("owner_id") != -world.group_id:
        raise Refusal(15)
    if ("wall", said["post_id"]) not in world.comments:
        raise Refusal(213)
    return {"comment_id": _add(world, "wall", said["post_id"], said), "parents_stack": []}


def comment_topic(world: World, said: Json) -> int:
    """A line in a discussion."""
    if ("topic", said["topic_id"]) not in world.comments:
        raise Refusal(100, "topic_id is invalid")
    return _add(world, "topic", said["topic_id"], said)


def _add(world: World, kind: str, place: int, said: Json) -> int:
    if not said.get("message"):
        raise Refusal(100, "message is empty")
    stood = world.comments[kind, place]
    answered = said.get("reply_to_comment")
    if answered and not any(one["id"] == answered for one in stood):
        raise Refusal(100, "reply_to_comment is invalid")
    guid = said.get("guid")
    if guid in world.guids:
        return world.guids[guid]
    author = -world.group_id if said.get("from_group") else 1
    comment = {
        "id": world.number(),
        "from_id": author,
        "text": said["message"],
        "date": world.now(),
    }
    if answered:
        comment["reply_to_comment"] = answered
    stood.append(comment)
    if guid:
        world.guids[guid] = comment["id"]
    inside = {**comment, "owner_id": -world.group_id, "post_id": place} if kind == "wall" else {
        **comment, "topic_id": place, "topic_owner_id": -world.group_id
    }  # fmt: skip
    world.tell("wall_reply_new" if kind == "wall" else "board_post_new", inside)
    return int(comment["id"])


def edit_comment(world: World, said: Json) -> int:
    """A comment says something else now."""
    _find(world, said["comment_id"])[1]["text"] = said["message"]
    world.bell.ring()
    return 1


def delete_comment(world: World, said: Json) -> int:
    """A comment disappears."""
    stood, comment = _find(world, said["comment_id"])
    stood.remove(comment)
    world.bell.ring()
    return 1


def _find(world: World, number: int) -> tuple[list[Json], Json]:
    for stood in world.comments.values():
        for comment in stood:
            if comment["id"] == number:
                return stood, comment
    raise Refusal(100, "comment_id is invalid")


METHODS: dict[str, Callable[[World, Json], Any]] = {
    "wall.createComment": comment_post,
    "wall.editComment": edit_comment,
    "wall.deleteComment": delete_comment,
    "board.createComment": comment_topic,
    "board.editComment": edit_comment,
    "board.deleteComment": delete_comment,
}

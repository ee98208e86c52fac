"""What the fake answers when it will not do a thing, in Telegram's own words."""

from typing import Any


class Refusal(Exception):
    """An answer with `ok: false`; `parameters` as in the Bot API's ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON that the Bot API sends."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad(words: str, **parameters: int) -> Refusal:
    """400 "Bad Request: …"."""
    return Refusal(400, f"Bad Request: {words}", **parameters)


def forbidden(words: str) -> Refusal:
    """403 "Forbidden: …"."""
    return Refusal(403, f"Forbidden: {words}")


def too_many(retry_after: int) -> Refusal:
    """429, with the seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)

"""What can go wrong between us and VK. None of it quotes a request: requests hold the access key."""


class Refused(Exception):
    """VK answered with an error; `code` is its own (https://dev.vk.com/ru/reference/errors)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"VK error {code}")
        self.code = code


class Unreached(Exception):
    """VK could not be reached, or its answer was none. `everywhere`: that is so for every call just now."""

    def __init__(self, reason: str, *, everywhere: bool = False) -> None:
        super().__init__(reason)
        self.everywhere = everywhere

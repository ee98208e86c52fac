"""An SMTP client that knows when a letter was handed over whole. It needs aiosmtplib, so it is imported late."""

import re
from typing import Any

import aiosmtplib

from bot.channel import RetryLater

THINKING = 600.0
"""Seconds that a server may take over a letter that it was given: who gives up sooner sends a letter again that has
arrived (RFC 5321, 4.5.3.2.6; RFC 1047)."""
_DOT = re.compile(rb"(?m)^\.")


class InDoubt(RetryLater):
    """The letter was handed over whole, and nobody said that it was taken."""


class Client(aiosmtplib.SMTP):
    """As its parent, but for `data`."""

    async def data(
        self,
        message: str | bytes,
        /,
        *,
        timeout: Any = None,  # noqa: ASYNC109  (its parent has it)
    ) -> aiosmtplib.SMTPResponse:
        """The letter itself, in lines that end as SMTP wants them. Raises `InDoubt`, and as its parent."""
        start = await self.execute_command(b"DATA")
        if start.code != aiosmtplib.SMTPStatus.start_input:
            raise aiosmtplib.SMTPDataError(start.code, start.message)
        if self.protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("the connection is gone")
        lines = message.encode() if isinstance(message, str) else message
        end = b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n"
        self.protocol.write(_DOT.sub(b"..", lines) + end)
        try:
            answer = await self.protocol.read_response(timeout=THINKING)
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as problem:
            self.close()
            raise InDoubt(type(problem).__name__) from None
        if answer.code != aiosmtplib.SMTPStatus.completed:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        return answer

"""Tokens and passwords written into files that are shared."""

import functools
import re

import msgspec

from bot.check.finding import Finding
from bot.source import Report

_LOOKS = r"""
    (?<!\d)\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])
    | \bvk1\.a\.[\w-]{20,}
    | \b(?:sk|pk|rk)[-_](?:live|test|proj|ant)[-_][\w-]{16,}
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{30,}
    | \beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}
    | \bBearer\ [A-Za-z0-9._~+/-]{16,}
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
    | https?://[^/\s:@{]+:[^/\s:@{]+@
    | (?i:\b(?:password|passwd|token|secret|api[_-]?key|пароль|токен)["']?\s*[:=]\s*["']?)
      (?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{16,}
    """


@functools.cache
def _secret() -> re.Pattern[str]:
    return re.compile(_LOOKS, re.VERBOSE)


_TOKEN = re.compile(r":[A-Za-z0-9_-]{35}")
_SIGNS = (
    "vk1.a.", "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "eyj", "bearer ", "private key", "://", "password", "passwd", "token", "secret", "api_key", "api-key", "apikey",
    "пароль", "токен",
)  # fmt: skip
"""One of these stands in every secret but Telegram's; looking for them first is a hundred times faster."""


def check_leaks(report: Report) -> None:
    """Note what looks like a secret; the findings of its line no longer show it."""
    text = report.source.text.lower()
    signs = [sign for sign in _SIGNS if sign in text]
    tokens = _TOKEN.search(report.source.text) is not None
    if not signs and not tokens:
        return
    hidden: dict[int, str] = {}
    for number, line in enumerate(report.source.lines, 1):
        lowered = line.lower()
        if not (tokens and _TOKEN.search(line)) and not any(sign in lowered for sign in signs):
            continue
        for found in _secret().finditer(line):
            shown = hidden.get(number, line)
            hidden[number] = shown[: found.start()] + "•" * len(found[0]) + shown[found.end() :]
            report.mark("E140", number, found.start() + 1, found.end() + 1)
    report.findings = [_without(finding, hidden) for finding in report.findings]


def _without(finding: Finding, hidden: dict[int, str]) -> Finding:
    if finding.line not in hidden:
        return finding
    said = {
        name: _secret().sub("•••", value) if isinstance(value, str) else value
        for name, value in finding.arguments.items()
    }
    return msgspec.structs.replace(
        finding, source=hidden[finding.line], arguments=said, replacement=None
    )

"""The results of talks as a JUnit report, which CI servers read."""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from bot.commands.terminal import speak
from bot.talks import Verdict, told

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(verdicts: Sequence[Verdict]) -> str:
    """One suite, a case a talk."""
    failed = sum(verdict.failure is not None for verdict in verdicts)
    seconds = sum(verdict.seconds for verdict in verdicts)
    suite = Xml.Element(
        "testsuite",
        name="frontdesk",
        tests=str(len(verdicts)),
        failures=str(failed),
        errors="0",
        time=f"{seconds:.3f}",
    )
    for verdict in verdicts:
        case = Xml.SubElement(
            suite,
            "testcase",
            name=_clean(verdict.talk.name),
            classname=verdict.talk.path,
            file=verdict.talk.path,
            line=str(verdict.talk.line),
            time=f"{verdict.seconds:.3f}",
        )
        if verdict.failure is not None:
            problem = Xml.SubElement(case, "failure", message=_clean(verdict.failure.problem))
            problem.text = _clean(told(verdict, speak.language))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(suite, encoding="unicode") + "\n"
    )


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

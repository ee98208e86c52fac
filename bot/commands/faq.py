"""`frontdesk faq`: ask the matcher, measure it, read what it missed."""

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.terminal import MISUSED, note, out, out_json, quoted, speak

if TYPE_CHECKING:
    from bot.config import Config
    from bot.dialog.script import Script
    from bot.faq import Evaluation, Explanation, Match, MissGroup

program = typer.Typer(
    help="Ask the FAQ, measure it, read what it missed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
_FIGURES = ("top1", "top3", "answered", "precision", "coverage_at_95", "auroc", "p50_ms", "p95_ms")


@program.command()
def ask(
    call: typer.Context,
    text: Annotated[str, typer.Argument(help="What a customer would write.")],
    as_json: _Json = False,
) -> None:
    """What the matcher answers to a text, how sure it is, and what came close."""
    from bot.sentences import matcher_of

    config, script = _playable(call)
    told = matcher_of(config, script).explain(text)
    out_json(_match_json(told.match)) if as_json else out(_explained(told, script))


def _playable(call: typer.Context) -> "tuple[Config, Script]":
    from bot.commands.project import playable

    return playable(call.obj)


def _match_json(match: "Match") -> dict[str, Any]:
    best = match.candidates[0] if match.candidates else None
    return {
        "decision": match.decision,
        "id": best.id if best and match.decision != "none" else None,
        "score": round(best.score, 4) if best else 0.0,
        "candidates": [
            {"id": one.id, "question": one.question, "score": round(one.score, 4)}
            for one in match.candidates[:5]
        ],
    }


def _explained(told: "Explanation", script: "Script") -> str:
    match = told.match
    decisions = {
        "answer": speak("отвечает", "answers"),
        "suggest": speak("предлагает варианты", "suggests"),
        "none": speak("не знает", "does not know"),
    }
    lines = [decisions[match.decision]]
    if match.exact:
        lines[0] += speak(" (дословно)", " (word for word)")
    lines += [
        speak(f"прочитано: {one.typed} → {one.read}", f"read: {one.typed} → {one.read}")
        for one in told.repairs
    ]
    for reason in told.reasons[:5]:
        one = reason.candidate
        lines.append(f"{one.score:6.1%}  {one.id}: {one.question}")
        if reason.shared:
            near = speak("ближе всего", "nearest")
            lines.append(f"        {near}: «{reason.variant}» ({', '.join(reason.shared)})")
    best = match.candidates[0].id if match.decision == "answer" else ""
    if best in script.faq:
        lines.append(f"\n{script.faq[best].answer.default.source}")
    return "\n".join(lines)


@program.command("eval")
def evaluate_command(
    call: typer.Context,
    faq: Annotated[Path | None, typer.Option(metavar="FILE", help="Another FAQ file.")] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="FILE", help='JSON lines {"text", "id"}.')
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw precision against coverage, SVG.")
    ] = None,
    details: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one JSON line a query here.")
    ] = None,
    semantic: Annotated[
        bool, typer.Option("--semantic", help="With sentence vectors, configured or not.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Measure the matcher on labelled questions."""
    import msgspec

    from bot.commands.labelled import own_queries, queries_of, questions_of
    from bot.config.load import load_config
    from bot.errors import NoProject
    from bot.faq import Matcher, evaluate
    from bot.sentences import load_sentences, matcher_of

    if faq is None:
        matcher = matcher_of(*_playable(call), semantic=semantic)
    else:
        with suppress(NoProject):
            speak.language = load_config(call.obj).config.business.language
        sentences = load_sentences(speak.language) if semantic else None
        matcher = Matcher(*questions_of(faq), sentences)
    asked = queries_of(queries) if queries else own_queries(call.obj)
    result = evaluate(matcher, asked, time.perf_counter)
    if details is not None:
        lines = (msgspec.json.encode(row).decode() + "\n" for row in result.judged)
        details.write_text("".join(lines), "utf-8")
    if plot is not None:
        from bot.faq.plot import precision_coverage_svg

        plot.write_text(precision_coverage_svg(result.curve), "utf-8")
    figures = {name: getattr(result, name) for name in _FIGURES}
    out_json(figures) if as_json else out(_figures_text(result))


def _figures_text(result: "Evaluation") -> str:
    lines = []
    for name in _FIGURES:
        value = getattr(result, name)
        shown = "-" if value is None else f"{value:.3f}" if name.endswith("ms") else f"{value:.1%}"
        lines.append(f"{name:15} {shown}")
    taken = result.confusions[:10]
    lines += [f"{one.count:4} × {one.expected} -> {one.taken_for}" for one in taken]
    return "\n".join(lines)


@program.command("review")
def review_command(call: typer.Context, as_json: _Json = False) -> None:
    """What customers will stumble over: entries too alike, too few ways to ask, ways that lead elsewhere."""
    from bot.commands.reviewing import reviewed, told_review

    _, script = _playable(call)
    findings = reviewed(script)
    if as_json:
        out_json(findings)
    elif findings:
        out(told_review(findings, script))
    else:
        note(speak("Замечаний нет.", "Nothing to remark."))


@program.command()
def misses(
    call: typer.Context,
    since: Annotated[str, typer.Option(metavar="TIME", help="How far back: 12h, 7d, 4w.")] = "7d",
    as_patch: Annotated[
        bool, typer.Option("--patch", help="What to add to faq.yaml, as a patch.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Add it to faq.yaml, and say what was added.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Questions that got no answer, alike ones together, the most frequent first."""
    from bot.commands.reading import reading
    from bot.faq import Miss, group_misses
    from bot.sentences import matcher_of
    from bot.source.durations import duration

    config, script = _playable(call)
    length = duration(since)
    if length is None:
        note(
            speak(
                f"не промежуток времени: {since} (пример: 7d)",
                f"not a length of time: {since} (7d)",
            )
        )
        raise typer.Exit(MISUSED)
    begin = time.time_ns() // 1_000_000 - length
    found = reading(config, lambda store: store.misses(begin))
    missed = [Miss(one.text, one.answer or None, one.meant or None) for one in found]
    groups = group_misses(matcher_of(config, script), missed)
    if apply:
        _apply(config, script, groups, as_json=as_json)
    elif as_json:
        out_json(groups)
    elif as_patch:
        from bot.commands.patching import diff, faq_patch

        patch = faq_patch(config, script, groups)
        _nothing_to_add(patch.reason) if patch.reason else out(diff(config, patch))
    else:
        _tell(groups)


def _apply(
    config: "Config", script: "Script", groups: "Sequence[MissGroup]", *, as_json: bool
) -> None:
    from bot.commands.patching import faq_patch, told_additions, write_patch

    patch = faq_patch(config, script, groups)
    if patch.additions:
        write_patch(config, patch)
    if as_json:
        out_json(patch.additions)
    elif patch.additions:
        out(told_additions(patch.additions, script))
        note(speak(f"Дописано в {config.faq.name}.", f"Added to {config.faq.name}."))
    if patch.reason:
        _nothing_to_add(patch.reason)


def _nothing_to_add(reason: str) -> None:
    note(speak(f"Добавить нечего: {reason}.", f"There is nothing to add: {reason}."))


def _tell(groups: "Sequence[MissGroup]") -> None:
    for group in groups:
        out(f"{group.count:4} × {quoted(group.texts[0])}")
        for text in group.texts[1:4]:
            out(f"       {quoted(text)}")
        if group.nearest:
            out(
                speak("       похоже на: ", "       near: ")
                + f"{group.nearest.id} ({group.nearest.score:.0%})"
            )
        for answer in group.answers[:1]:
            out(
                speak("       оператор ответил: ", "       an operator answered: ") + quoted(answer)
            )
    if not groups:
        note(speak("Все вопросы получили ответ.", "Every question got an answer."))

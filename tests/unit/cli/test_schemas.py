"""JSON Schemas for editors: every key of ours, the project's own names, descriptions."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config.keys import KEYS
from bot.dialog.loader import faq_file, words
from bot.project import read_project
from bot.schemas import schemas
from bot.schemas.about import about

TOP = Path(__file__).parents[3]
PROJECT = read_project(TOP)
MADE = {name: json.loads(text) for name, text in schemas(PROJECT.config, PROJECT.script).items()}


def values(schema: Any, key: str) -> Iterator[Any]:
    """What stands under a key, anywhere."""
    if isinstance(schema, dict):
        if key in schema:
            yield schema[key]
        for inner in schema.values():
            yield from values(inner, key)
    elif isinstance(schema, list):
        for inner in schema:
            yield from values(inner, key)


@pytest.mark.parametrize("name", MADE)
def test_every_schema_is_of_the_draft_that_editors_read(name: str) -> None:
    assert MADE[name]["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_every_action_word_is_a_step_with_its_modifiers() -> None:
    steps = MADE["flow.schema.json"]["definitions"]["step"]["anyOf"]

    by_word = {step["required"][0]: set(step["properties"]) for step in steps}

    for word, modifiers in words.MODIFIERS.items():
        assert {word, *modifiers, *words.EVERYWHERE} <= by_word[word]


def test_the_projects_own_names_are_offered() -> None:
    offered = {name for listed in values(MADE["flow.schema.json"], "enum") for name in listed}

    assert {"телефон", "заявка", "ремонт", "услуги", "проверка", "ticket.create"} <= offered


def test_every_reference_leads_to_a_definition() -> None:
    schema = MADE["flow.schema.json"]

    for reference in values(schema, "$ref"):
        assert reference.removeprefix("#/definitions/") in schema["definitions"]


def test_every_key_of_the_language_is_described_in_both_languages() -> None:
    keys = {
        *words.FLOW_KEYS,
        *words.START_KEYS,
        *words.OPTION_KEYS,
        *words.REMIND_KEYS,
        *(key for modifiers in words.MODIFIERS.values() for key in modifiers),
    }
    speaking = {"method", "headers", "json", "form", "for", "end"}

    for language in ("ru", "en"):
        assert {key for key in keys - speaking if not about(key, language)} == set()


def test_every_setting_is_known_and_secrets_may_lie_in_files() -> None:
    schema = MADE["config.schema.json"]

    assert set(KEYS) <= set(schema["properties"])
    telegram = schema["properties"]["channels"]["properties"]["telegram"]["properties"]
    assert {"token", "token_file", "api_url"} <= set(telegram)


def test_the_faq_may_be_a_list_or_a_mapping_with_every_key_that_is_read() -> None:
    listed, mapping = MADE["faq.schema.json"]["anyOf"]

    assert set(mapping["properties"]) == set(faq_file.FILE_KEYS)
    assert set(listed["items"]["properties"]) == set(faq_file.ENTRY_KEYS)

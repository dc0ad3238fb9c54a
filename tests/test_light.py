"""Tests of light imports: a process loads a heavy library only where it uses it."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from collector.cli import COMMANDS, main

HEAVY = ("numba", "ortools", "openpyxl", "geopy", "pywebpush", "weasyprint")


def loaded_by(program: str) -> set[str]:
    """Return the heavy libraries that a program loads."""
    show = f"import sys; print(*(name for name in {HEAVY} if name in sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", f"{program}\n{show}"], capture_output=True, text=True, check=True
    )
    return set(shown.stdout.split())


def test_the_application_starts_without_the_planner_and_without_a_spreadsheet() -> None:
    assert loaded_by("import collector.app") == set()


def test_the_application_starts_without_the_tools_of_its_care() -> None:
    tools = ("structlog", "prometheus_client", "pyrage", "authlib", "requests", "joserfc")
    show = f"print(*(name for name in {tools} if name in sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", f"import collector.app, sys; {show}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.split() == []


@pytest.mark.parametrize("module", sorted({entry.module for entry in COMMANDS.values()}))
def test_a_command_loads_neither_the_planner_nor_a_spreadsheet(module: str) -> None:
    assert loaded_by(f"import collector.{module}") <= {"pywebpush"}


def test_the_planner_reads_and_judges_a_plan_without_its_engines() -> None:
    assert loaded_by("import routing.__main__") == set()


def test_the_help_of_the_command_loads_not_even_the_database() -> None:
    program = "import collector.cli, sys; assert 'sqlalchemy' not in sys.modules"
    assert loaded_by(program) == set()


def test_every_subcommand_is_listed_under_its_own_name() -> None:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name


def test_the_list_of_subcommands_begins_as_each_one_does() -> None:
    context = click.Context(main)
    for name, entry in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert (command.help or "").split()[:2] == entry.summary.split()[:2]

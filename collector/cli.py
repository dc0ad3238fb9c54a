"""The `milkround` command: its subcommands, each loaded when it is called."""

from importlib import import_module
from typing import Final, NamedTuple

import click


class Entry(NamedTuple):
    """A subcommand: its module, and its line in the help."""

    module: str
    summary: str


COMMANDS: Final = {
    "audit": Entry("cli_audit", "Verify the audit chains and their signed heads."),
    "backup": Entry("cli_care", "Back up the installation to a folder."),
    "bank": Entry("cli_bank", "Found a bank with the preset rules of its jurisdiction."),
    "change": Entry("cli_manage", "Change the rows of a bank."),
    "close": Entry("cli_manage", "Close a bank on a day."),
    "compact": Entry("cli_care", "Rewrite the database without erased data."),
    "demo": Entry("cli_demo", "Run the demonstration bank, ready to try."),
    "doctor": Entry("cli_doctor", "Check the installation."),
    "erasures": Entry("cli_care", "Erase again the donors of the registers of a folder."),
    "import": Entry("cli_import", "Import the good rows of a file of donors or requests."),
    "key": Entry("cli_care", "Make a pair of keys for backups."),
    "link": Entry("cli_bank", "Print a sign-in link for a member of the staff."),
    "list": Entry("cli_list", "List the banks, or what a bank has."),
    "metrics": Entry("cli_metrics", "Serve the metrics for Prometheus."),
    "migrate": Entry("cli_run", "Migrate the database to this version's schema."),
    "plan": Entry("cli_run", "Enqueue a planning job for a day."),
    "postcodes": Entry("cli_run", "Import the positions of postcodes from La Poste's file."),
    "region": Entry("cli_region", "Prepare roads and streets from an OpenStreetMap extract."),
    "remove": Entry("cli_manage", "Retire, end, withdraw or remove the rows of a bank."),
    "restore": Entry("cli_care", "Restore a backup into the installation."),
    "serve": Entry("cli_run", "Serve the pages."),
    "shift": Entry("cli_bank", "Add shifts of a collector."),
    "site": Entry("cli_bank", "Add a site where rounds begin or end."),
    "user": Entry("cli_bank", "Add a member of the staff, or close an account."),
    "work": Entry("cli_run", "Run planning jobs, send messages and run timers."),
    "worker": Entry("cli_run", "Run planning jobs on a further machine."),
}


KEYWORDS: Final = {"import": "import_", "list": "list_"}
"""The functions of subcommands whose names Python has given away."""


class LazyGroup(click.Group):
    """Group that loads a subcommand when it is called, and none for its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the subcommands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"collector.{COMMANDS[cmd_name].module}")
        found: click.Command = getattr(module, KEYWORDS.get(cmd_name, cmd_name))
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of subcommands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(package_name="milkround")
def main() -> None:
    """Milkround: software for a human milk bank that collects donated milk."""


if __name__ == "__main__":
    main()

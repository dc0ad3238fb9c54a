"""Table of operators: one is added by a file and a line, and shares add up."""

import json
import shutil
from pathlib import Path

import pytest

from bench.horizon import horizon
from routing.checker.judge import check_plan
from routing.kernel.operators.table import RECREATES, RUINS, Operator, draw_one
from routing.schedule import retimed
from tests.routing.kernel import in_folder

LINE = "    Operator(remove_strings, 998_000),\n"
MORE = "    Operator(remove_one, 500_000),\n    Operator(remove_strings, 498_000),\n"
IMPORT = "from routing.kernel.operators.string_removal"


@in_folder.in_new_processes
def test_an_operator_is_added_by_a_file_and_a_line(tmp_path: Path):
    problem = horizon(seed=1, visits=24, collectors=1)
    kernel = in_folder.copy_of_sources(tmp_path)
    before = in_folder.search(tmp_path, problem, checked=True)
    shutil.copy(Path(__file__).with_name("lone_removal.py"), kernel / "operators")
    table = kernel / "operators" / "table.py"
    source = table.read_text(encoding="utf-8")
    assert LINE in source
    added = f"from routing.kernel.operators.lone_removal import remove_one\n{IMPORT}"
    table.write_text(source.replace(LINE, MORE).replace(IMPORT, added), encoding="utf-8")
    after = in_folder.search(tmp_path, problem, checked=True)
    assert after.returncode == 0, after.stderr
    assert after.stdout != before.stdout
    orders, _, _ = json.loads(after.stdout)
    assert check_plan(problem, retimed(problem, orders)) == ()


@pytest.mark.parametrize("operators", [RUINS[:1], RUINS[1:], RECREATES * 2])
def test_shares_that_do_not_add_up_to_one_million_are_refused(operators: tuple[Operator, ...]):
    with pytest.raises(ValueError, match="one million"):
        draw_one(operators)

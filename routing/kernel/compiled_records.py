"""Records in compiled code: each block, table, record and list is an address without a count.

With arrays, Numba would count references at every call, and test every index for being negative.

The compiler is told that the heads of tables never change, and no entry of a constant block. So it
reads them once before a loop.
"""

import operator
from collections.abc import Callable, Iterable
from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, Signature, infer_global
from numba.extending import (
    infer_getattr,
    lower_builtin,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_model,
    type_callable,
)

from routing.kernel.records import FIRST, INNER, WIDTH, Block, Entries, Layout, TableRow
from routing.timing.encoding import IntArray

_WORD: Final = ir.IntType(64)
_types: Any = types
_register: Any = register_model
_INT: Final = _types.int64
_PAIR: Final = _types.UniTuple(_INT, 2)


class _AddressType(types.Type):
    """Address of integers of a block, which is constant or not."""

    def __init__(self, name: str, *, is_constant: bool) -> None:
        super().__init__(name=f"{name}, constant" if is_constant else name)
        self.is_constant = is_constant


class EntriesType(_AddressType):
    """Consecutive integers."""

    def __init__(self, *, is_constant: bool) -> None:
        super().__init__("entries", is_constant=is_constant)


class RecordType(_AddressType):
    """Row of a table with named fields."""

    def __init__(self, record: type[TableRow], *, is_constant: bool) -> None:
        super().__init__(record.__qualname__, is_constant=is_constant)
        self.record = record


class TableType(_AddressType):
    """Table of a block: the address of the block's head."""

    def __init__(self, layout: Layout, *, is_constant: bool) -> None:
        super().__init__(f"table {layout}", is_constant=is_constant)
        self.layout = layout


class BlockType(_AddressType):
    """Block: the address of its head."""

    def __init__(self, block: type[Block]) -> None:
        super().__init__(block.__qualname__, is_constant=block.is_constant)
        self.block = block


@_register(EntriesType)
@_register(RecordType)
@_register(TableType)
@_register(BlockType)
class _AddressModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _AddressType) -> None:  # noqa: ANN401 - Numba's
        super().__init__(manager, kind, _WORD.as_pointer())


def pass_block(make: Callable[[IntArray], Block], block: type[Block]) -> None:
    """Let compiled code call a function that returns the block of an array."""

    def typed(array: Any) -> Signature:  # noqa: ANN401 - Numba's
        kind: Any = BlockType(block)
        return kind(array)

    def typer(_: object) -> Any:  # noqa: ANN401 - Numba's
        return typed

    def generate(context: Any, builder: ir.IRBuilder, given: Signature, arguments: Any) -> Any:  # noqa: ANN401
        return context.make_array(given.args[0])(context, builder, arguments[0]).data

    type_callable(make)(typer)
    lower_builtin(make, types.Array)(generate)


def _load(builder: ir.IRBuilder, at: Any, *, is_constant: bool) -> Any:  # noqa: ANN401 - llvmlite's
    loaded = builder.load(at)
    if is_constant:
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def _place(builder: ir.IRBuilder, base: Any, number: int) -> Any:  # noqa: ANN401
    return builder.gep(base, [ir.Constant(_WORD, number)])


def _word(builder: ir.IRBuilder, base: Any, layout: Layout, word: int) -> Any:  # noqa: ANN401
    return _load(builder, _place(builder, base, layout.head + word), is_constant=True)


@infer_getattr
class _BlockAttributes(AttributeTemplate):
    key = BlockType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]  # noqa: ANN401
        if name in kind.block.words:
            return _INT
        layout = kind.block.tables.get(name)
        if layout is None:
            return None
        if layout.axes == 0:
            return EntriesType(is_constant=kind.is_constant)
        return TableType(layout, is_constant=kind.is_constant)


@lower_getattr_generic(BlockType)
def _get_from_block(_: object, builder: ir.IRBuilder, kind: BlockType, base: Any, name: str) -> Any:  # noqa: ANN401
    if name in kind.block.words:
        place = _place(builder, base, kind.block.words[name])
        return _load(builder, place, is_constant=kind.is_constant)
    layout = kind.block.tables[name]
    if layout.axes == 0:
        return builder.gep(base, [_word(builder, base, layout, FIRST)])
    return base


@lower_setattr_generic(BlockType)
def _set_in_block(
    _: object, builder: ir.IRBuilder, given: Signature, arguments: Iterable[Any], name: str
) -> None:
    base, value = arguments
    builder.store(value, _place(builder, base, given.args[0].block.words[name]))


@infer_getattr
class _RecordAttributes(AttributeTemplate):
    key = RecordType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]  # noqa: ANN401
        columns = list(kind.record.columns)
        if name not in columns:
            return None
        if kind.record.is_open and name == columns[-1]:
            return EntriesType(is_constant=kind.is_constant)
        return _INT


@lower_getattr_generic(RecordType)
def _get_from_record(
    _: object,
    builder: ir.IRBuilder,
    kind: RecordType,
    base: Any,  # noqa: ANN401
    name: str,
) -> Any:  # noqa: ANN401
    place = _place(builder, base, kind.record.columns[name])
    if kind.record.is_open and name == list(kind.record.columns)[-1]:
        return place
    return _load(builder, place, is_constant=kind.is_constant)


@lower_setattr_generic(RecordType)
def _set_in_record(
    _: object, builder: ir.IRBuilder, given: Signature, arguments: Iterable[Any], name: str
) -> None:
    base, value = arguments
    builder.store(value, _place(builder, base, given.args[0].record.columns[name]))


@infer_global(operator.add)
@infer_global(operator.iadd)
@infer_global(operator.sub)
@infer_global(operator.isub)
class _Step(AbstractTemplate):
    def generic(self, arguments: Any, _: object) -> Signature | None:  # noqa: ANN401
        if isinstance(arguments[0], RecordType) and isinstance(arguments[1], types.Integer):
            return arguments[0](arguments[0], _INT)
        return None


@lower_builtin(operator.add, RecordType, types.Integer)
@lower_builtin(operator.iadd, RecordType, types.Integer)
def _add(_: object, builder: ir.IRBuilder, __: Signature, arguments: Iterable[Any]) -> Any:  # noqa: ANN401
    base, by = arguments
    return builder.gep(base, [by])


@lower_builtin(operator.sub, RecordType, types.Integer)
@lower_builtin(operator.isub, RecordType, types.Integer)
def _subtract(_: object, builder: ir.IRBuilder, __: Signature, arguments: Iterable[Any]) -> Any:  # noqa: ANN401
    base, by = arguments
    return builder.gep(base, [builder.neg(by)])


@infer_getattr
class _TableAttributes(AttributeTemplate):
    key = TableType

    def resolve_width(self, _: TableType) -> Any:  # noqa: ANN401
        return _INT


@lower_getattr_generic(TableType)
def _get_width(_: object, builder: ir.IRBuilder, kind: TableType, base: Any, __: str) -> Any:  # noqa: ANN401
    return _width(builder, kind.layout, base)


def _width(builder: ir.IRBuilder, layout: Layout, base: Any) -> Any:  # noqa: ANN401
    """Return the width of a row, which is a constant if its record has only named fields."""
    if layout.row is Entries or layout.row.is_open:
        return _word(builder, base, layout, WIDTH)
    return ir.Constant(_WORD, layout.row.width)


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, arguments: Any, _: object) -> Signature | None:  # noqa: ANN401
        kind, _ = arguments
        if isinstance(kind, EntriesType):
            return _INT(kind, _INT)
        if not isinstance(kind, TableType):
            return None
        row: Any = EntriesType(is_constant=kind.is_constant)
        if kind.layout.row is not Entries:
            row = RecordType(kind.layout.row, is_constant=kind.is_constant)
        return row(kind, _INT if kind.layout.axes == 1 else _PAIR)


@lower_builtin(operator.getitem, EntriesType, types.Integer)
def _get_entry(_: object, builder: ir.IRBuilder, given: Signature, arguments: Iterable[Any]) -> Any:  # noqa: ANN401
    base, index = arguments
    return _load(builder, builder.gep(base, [index]), is_constant=given.args[0].is_constant)


@lower_builtin(operator.getitem, TableType, types.Any)
def _get_row(_: object, builder: ir.IRBuilder, given: Signature, arguments: Iterable[Any]) -> Any:  # noqa: ANN401
    base, index = arguments
    layout = given.args[0].layout
    if layout.axes == 2:  # noqa: PLR2004 - axes
        outer, inner = (builder.extract_value(index, axis) for axis in range(2))
        index = builder.add(builder.mul(outer, _word(builder, base, layout, INNER)), inner)
    by = builder.mul(index, _width(builder, layout, base))
    return builder.gep(base, [builder.add(_word(builder, base, layout, FIRST), by)])


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, arguments: Any, _: object) -> Signature | None:  # noqa: ANN401
        kind, _, _ = arguments
        if isinstance(kind, EntriesType) and not kind.is_constant:
            nothing = _types.void
            return nothing(kind, _INT, _INT)
        return None


@lower_builtin(operator.setitem, EntriesType, types.Integer, types.Integer)
def _set_entry(_: object, builder: ir.IRBuilder, __: Signature, arguments: Iterable[Any]) -> None:
    base, index, value = arguments
    builder.store(value, builder.gep(base, [index]))

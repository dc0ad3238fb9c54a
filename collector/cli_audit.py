"""Command that verifies the audit chains: links, signed heads, and a head kept elsewhere."""

import click
from sqlalchemy.orm import Session

from collector.audit.anchors import (
    AnchorTrouble,
    fault_of_line,
    first_anchor_fault,
    latest_anchor,
)
from collector.audit.queries import first_broken_link
from collector.audit.signing import HeadSigner
from collector.banks.models import Bank
from collector.banks.queries import banks
from collector.db import reading
from collector.installation import application, bank_named, command, settings

TROUBLES = {
    AnchorTrouble.RECOMPUTED: "the entries before it were changed and the chain computed anew",
    AnchorTrouble.FORGED: "its signature is not of this installation's key",
    AnchorTrouble.MISSING: "it was removed",
}


@command()
@click.option("--bank", "slug", help="The bank's short name; default every bank.")
@click.option("--head", "line", help="A signed head from an e-mail, to compare with the chain.")
def audit(*, slug: str | None, line: str | None) -> None:
    """Verify the audit chains of the banks; fail at the first broken entry or signed head."""
    present = settings()
    signer = HeadSigner(present.upkeep.audit_key)
    with application(present).app_context(), reading() as session:
        chosen = [bank_named(session, slug)] if slug else banks(session)
        if line is not None:
            click.echo(_compared(session, signer, chosen, line))
            return
        for bank in chosen:
            click.echo(_verified(session, signer, bank))


def _verified(session: Session, signer: HeadSigner, bank: Bank) -> str:
    key, slug = bank.id, bank.slug
    broken = first_broken_link(session, key)
    if broken is not None:
        raise click.ClickException(f"The audit chain of {slug} is broken at entry {broken}.")
    fault = first_anchor_fault(session, signer, bank_id=key, bank=slug)
    if fault is not None:
        raise click.ClickException(
            f"Signed head {fault.number} of {slug} disagrees: {TROUBLES[fault.trouble]}."
        )
    last = latest_anchor(session, bank_id=key)
    heads = f"{last.number} signed heads, the last of {last.day}" if last else "no signed head yet"
    return f"The audit chain of {slug} is intact ({heads})."


def _compared(session: Session, signer: HeadSigner, chosen: list[Bank], line: str) -> str:
    if len(chosen) != 1:
        raise click.UsageError("Name the bank of the signed head with --bank.")
    (bank,) = chosen
    try:
        trouble = fault_of_line(session, signer, bank_id=bank.id, bank=bank.slug, line=line)
    except ValueError:
        raise click.ClickException(f"This is no signed head of {bank.slug}.") from None
    if trouble is not None:
        raise click.ClickException(f"The signed head disagrees: {TROUBLES[trouble]}.")
    return "The chain holds this head unchanged."

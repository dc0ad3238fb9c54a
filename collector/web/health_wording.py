"""Sentences of the findings of a check-up."""

from collections.abc import Mapping

from flask_babel import format_decimal, lazy_gettext
from flask_babel.speaklater import LazyString

from collector.maintenance.findings import HealthFinding

_ = lazy_gettext

FINDINGS: Mapping[str, LazyString] = {
    "address_local": _("PUBLIC_URL is %(address)s: links in messages work on this machine only."),
    "address_plain": _("PUBLIC_URL is %(address)s, without https: sessions can be overheard."),
    "address_fine": _("The address is %(address)s."),
    "mail_fine": _("A mail server is set."),
    "mail_missing": _("No mail server is set: messages are printed and not sent."),
    "secrets_fine": _("Only the owner can read the secrets."),
    "secrets_open": _("Others can read %(names)s: run chmod 600 on them in %(folder)s."),
    "disk_fine": _("The disk has %(gigabytes)s GB free (%(percent)s %%)."),
    "disk_full": _(
        "The disk has only %(gigabytes)s GB free (%(percent)s %%): make room before it is full."
    ),
    "clock_fine": _("A time server steers the clock."),
    "clock_free": _("No time server steers the clock: switch on systemd-timesyncd or chrony."),
    "clock_unknown": _("The system does not tell whether a time server steers the clock."),
    "clock_behind": _(
        "The newest entry is %(minutes)s minutes in the future: the clock was wrong then, or is"
        " now."
    ),
    "clocks_differ": _("The clocks of this machine and of the database differ by %(seconds)s s."),
    "worker_fine": _("The worker runs."),
    "worker_never": _("The worker has never run: start milkround work."),
    "worker_silent": _(
        "The worker has been silent for %(minutes)s minutes: start milkround work again."
    ),
    "timers_fine": _("No automatic task has failed."),
    "timers_failed": _("Failed automatic tasks: %(count)s; the log of the worker has the causes."),
    "jobs_fine": _("No job is stuck."),
    "jobs_stuck": _("Jobs out of attempts: %(dead)s; jobs that wait for too long: %(late)s."),
    "messages_fine": _("No message is late."),
    "messages_unsent": _("Messages that failed: %(failed)s; messages that are late: %(late)s."),
    "phones_fine": _("No phone is behind."),
    "phones_behind": _(
        "Phones silent for a day with unsent records: %(silent)s; phones with a wrong clock:"
        " %(wrong)s."
    ),
    "region_none": _(
        "No road region is prepared: travel times are estimates. See milkround region --help."
    ),
    "region_unusable": _(
        "The road region %(source)s cannot be used, and travel times are estimates: run milkround"
        " region again."
    ),
    "region_fine": _("The road region is %(source)s (%(arcs)s arcs)."),
    "legs_cached": _(
        "Of the legs between the open requests of %(bank)s, %(percent)s in 100 are in the cache"
        " (%(total)s in all)."
    ),
    "backup_fine": _("The last backup is %(minutes)s minutes old (%(megabytes)s MB, verified)."),
    "backup_never": _("No backup was ever made: set MILKROUND_BACKUP_TO, or run milkround backup."),
    "backup_old": _("The last backup is %(hours)s hours old."),
    "backup_failed": _("The last attempt of a backup failed; run milkround backup to see why."),
    "drill_fine": _("A restore was rehearsed %(days)s days ago and took %(minutes)s minutes."),
    "drill_never": _("A restore was never rehearsed: run milkround doctor --drill."),
    "drill_old": _(
        "A restore was last rehearsed %(days)s days ago (%(minutes)s minutes): rehearse it again."
    ),
    "drill_failed": _("The last rehearsed restore failed: the backups may be of no use."),
    "schema_fine": _("The schema is this version's."),
    "schema_other": _("The schema is another version's: run milkround migrate."),
    "database_fine": _("The database is whole (checked in %(seconds)s s)."),
    "database_damaged": _("The database is damaged (%(fault)s): restore the last backup."),
    "chain_fine": _("The audit chain of %(bank)s is intact, with %(heads)s signed heads."),
    "chain_young": _("The audit chain of %(bank)s is intact; no head is signed yet."),
    "chain_broken": _("The audit chain of %(bank)s is broken at entry %(entry)s."),
    "head_disagrees": _(
        "Signed head %(number)s of %(bank)s disagrees with its audit chain (%(trouble)s)."
    ),
    "head_old": _("The audit chain of %(bank)s has no signed head of the last two days."),
    "certificate_fine": _("The certificate of %(host)s is valid for %(days)s days."),
    "certificate_ends": _("The certificate of %(host)s ends in %(days)s days: renew it."),
    "certificate_refused": _("The certificate of %(host)s is not valid: %(reason)s."),
    "gateway_away": _("%(host)s does not answer (%(reason)s)."),
}


def finding_sentence(finding: HealthFinding) -> str:
    """Return the sentence of a finding, in the reader's language."""
    figures = {
        name: format_decimal(value) if isinstance(value, float) else value
        for name, value in finding.figures.items()
    }
    return str(FINDINGS[finding.code]) % figures

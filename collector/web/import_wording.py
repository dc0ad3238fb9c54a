"""Sentences of the refusals of a read file: its columns, rows and cells."""

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_ = lazy_gettext

ERRORS: Mapping[str, LazyString] = {
    "cell_missing": _("This must not be empty."),
    "cell_not_choice": _("Write one of these: %(choices)s."),
    "cell_not_date": _("Write the day as 2026-11-24 or 24/11/2026."),
    "cell_not_number": _("Write a number such as 44.8378 or 44,8378."),
    "cell_not_purpose": _(
        "Write collection, first interview, material to bring, blood sample, pump to fetch or"
        " ward visit; several are parted by commas."
    ),
    "cell_not_time": _("Write the time as 09:30 or 9h30."),
    "cell_not_whole": _("Write a whole number, such as 1500."),
    "cell_not_yes_no": _("Write yes or no."),
    "colleague_unknown": _("No colleague of this bank signs in with this address."),
    "column_missing": _("The column %(name)s is missing."),
    "column_twice": _("The column %(name)s is there twice."),
    "csv_broken": _("From line %(line)s on we cannot read the file: a quotation mark is missing."),
    "donor_not_named": _("Say whose request it is: a donor number, an e-mail or a telephone."),
    "donor_unknown": _("We know no donor by this."),
    "email_not_one": _("Several donors have this e-mail address: give the donor number."),
    "file_empty": _("The file holds no rows."),
    "file_not_text": _("This is neither a CSV file nor a .xlsx: save it as one of them."),
    "phone_not_one": _("Several donors have this telephone: give the donor number."),
    "text_garbled": _("Letters are lost in this cell: write it again."),
    "workbook_broken": _("The spreadsheet cannot be opened. Save it again as .xlsx or CSV."),
    "workbook_too_large": _("The spreadsheet is too large: keep the list alone."),
    "file_too_long": _("The file has more than %(most)s rows. Send it in parts."),
    "row_too_long": _("Line %(line)s has more cells than there are columns."),
    "same_day_known": _("She already has a request for this day."),
    "signature_half": _("Give who signed the interview and on which day, or neither."),
    "twice_in_file": _("Line %(line)s says this already."),
}

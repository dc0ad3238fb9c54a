"""Forms of the edits of a day: the version, the visits, and a reason."""

from collector.field_parsers import parse_whole_number
from collector.web.board.page_context import LONGEST_REASON
from collector.web.framework.forms import Form, KeyField, KeysField, ParsedField, TextField


class EditForm(Form):
    """An edit of the version of a day that the coordinator's page shows."""

    version = KeyField()
    reason = TextField(longest=LONGEST_REASON)
    pickup = KeysField()


class SeenForm(Form):
    """The stamp of the part of a page that the reader has."""

    seen = TextField()


class VersionForm(Form):
    """The version of the day that a refused form was about; 0 without one."""

    version = ParsedField(parse_whole_number, blank=0)

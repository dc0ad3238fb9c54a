"""Messages and answers around a visit: reminders, the day before, the arrival window, receipts."""

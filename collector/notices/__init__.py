"""Messages to people: an outbox filled inside transactions and delivered outside them."""

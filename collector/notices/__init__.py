"""What we owe people: an outbox filled inside transactions and emptied outside them."""

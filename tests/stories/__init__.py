"""What people live through, told from the outside: the demonstration's story, and partners that misbehave."""

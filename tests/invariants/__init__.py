"""The invariants of docs/invariants.md as a state machine: all of the platform is real but its threads and sockets."""

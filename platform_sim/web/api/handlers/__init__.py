"""One file a noun: a handler takes the call and rows (or a transaction), calls one action, returns public JSON."""

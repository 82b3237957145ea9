"""Where sources and slugs are put and got: secret URLs, as the real platform's storage has them."""

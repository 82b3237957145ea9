"""The id host: where partners exchange grants and refresh tokens."""

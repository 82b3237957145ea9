"""The nouns: frozen dataclasses and rules on plain values. Imports nothing of ours outside this folder."""

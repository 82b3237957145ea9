"""Tests of the pages for browsers, in process."""

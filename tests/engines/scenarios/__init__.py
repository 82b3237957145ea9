"""Tests of what plays scenario files on a platform that runs."""

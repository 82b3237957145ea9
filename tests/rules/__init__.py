"""Tests over code as data: what each room may import and touch, and the form that every file keeps.

A rule is a function from one source to what it finds there. Each is tested itself, on a small bad source.
"""

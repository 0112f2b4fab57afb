"""Readers: files written for the test, and the real public files where they are at hand."""

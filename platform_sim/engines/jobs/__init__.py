"""Runs obligations (rows of kind Job) in threads. Imports core; knows no kind of job: handlers are given to it."""

from platform_sim.engines.jobs.runner import Handler, JobRunner

__all__ = ["Handler", "JobRunner"]

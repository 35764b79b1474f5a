"""Floors: the same pages as bare Flask views with SQL written by hand. They know nothing of the application.

Each does the work that the page cannot do without: who is signed in, what they may see, the rows. Nothing is
translated, no frame stands around it, and no mechanism records, pages or masks for it.
"""

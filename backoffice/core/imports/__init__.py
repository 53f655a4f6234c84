"""Importing a table: columns to fields, a preview with every error, and one transaction for the whole file.

What differs per kind (articles, customers) is an Importer; settings.IMPORTERS names them, so that the core, on the
lowest floor, imports none of them.
"""

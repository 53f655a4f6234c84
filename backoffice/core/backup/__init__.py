"""A backup that proves itself: a dump of the database and the files, with a manifest that the restore checks.

A backup is a folder: `toonbank.dump` (pg_dump, custom format), `media/` (the uploaded files) and `manifest.json`.
The manifest is counted in the snapshot that the dump is made of, so that both are of one moment while people work.
"""

MANIFEST, DUMP, MEDIA = "manifest.json", "toonbank.dump", "media"


class BackupError(Exception):
    """The backup or the restore cannot be done, or does not prove itself; the sentence says why."""

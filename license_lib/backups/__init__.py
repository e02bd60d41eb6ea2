"""Backups 备份 of a repository: made while it is used, proved to be whole, and restored into either kind of database.

    <backups>/files/ab/abcd….pdf                       sealed files of all snapshots, each kept once
    <backups>/snapshots/<time>/database.sqlite         all tables, as they were at one moment
    <backups>/snapshots/<time>/license.toml            the configuration; it holds no secret
    <backups>/snapshots/<time>/manifest.json           what belongs to it, written last

Files are copied, never linked: a linked file is damaged together with its original. Keys are not in it, they are backed
up apart and locked away; what is published follows from the database and the keys.
"""

from license_lib.backups.making import Made, make_backup
from license_lib.backups.manifests import Manifest
from license_lib.backups.restoring import Backup, restore

__all__ = ["Backup", "Made", "Manifest", "make_backup", "restore"]

"""MariaDB and MySQL, with PyMySQL."""

from typing import Any
from urllib.parse import unquote, urlsplit

import pymysql

Error = pymysql.MySQLError
CREATE_TABLE = """CREATE TABLE IF NOT EXISTS notes (
    id BIGINT AUTO_INCREMENT PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL,
    written_at TEXT NOT NULL)"""
_KINDS = {1045: "retired", 1698: "retired", 1044: "retired", 4151: "retired", 3118: "retired", 1146: "missing"}
_KINDS |= dict.fromkeys((1040, 1203, 1226), "full")
_KINDS |= dict.fromkeys((1053, 1927, 2003, 2006, 2013, 3024), "away")


def connect(url: str, timeout: int) -> Any:
    """A connection that commits each statement."""
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname or "",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path.strip("/"),
        connect_timeout=timeout,
        read_timeout=10,
        autocommit=True,
        charset="utf8mb4",
    )


def insert(cursor: Any, author: str, text: str, written_at: str) -> int:
    """Add a row; its id."""
    cursor.execute("INSERT INTO notes (author, text, written_at) VALUES (%s, %s, %s)", (author, text, written_at))
    return int(cursor.lastrowid)


def kind(error: pymysql.MySQLError) -> str:
    """By the server's or the driver's number."""
    number = error.args[0] if error.args else 0
    return _KINDS.get(number, "odd")

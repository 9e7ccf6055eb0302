"""One file per room, of the room's name; no SQL and no rule."""

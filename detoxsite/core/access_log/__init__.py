"""The access log: every reading and writing of sealed data by staff and partners (docs/decisions/0032-doors.md)."""

"""What is kept, for docs/privacy.md: script/privacy writes the tables from the rows of detoxsite/pages/kept_data.py."""

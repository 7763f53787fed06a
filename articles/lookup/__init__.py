"""What the editor looks up while somebody writes: pages to link to, and sources that other articles cite."""

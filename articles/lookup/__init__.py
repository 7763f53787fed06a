"""What the editor looks up while somebody writes: pages to link to, sources cited already, pictures."""

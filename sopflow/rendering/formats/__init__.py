"""The writers, one format each: from a drawing to the content of a file."""

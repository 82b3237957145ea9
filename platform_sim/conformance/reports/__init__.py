"""A report in its forms, a file a form. Pure: report in, text out."""

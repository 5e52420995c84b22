"""The bundled pipeline: a folder of CSV files in, a data report out."""

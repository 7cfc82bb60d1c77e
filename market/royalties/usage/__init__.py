"""Reports of use that come as a table or from a program: a file of many periods, and keys for the programs of licensees."""

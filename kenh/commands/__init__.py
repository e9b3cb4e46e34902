"""The commands, a file for each family; every file has `register(cli)`."""

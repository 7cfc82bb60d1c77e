"""The doors of this room: the workbench and its reports, versions side by side."""

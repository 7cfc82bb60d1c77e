"""What those who made a right are due of what it earns: the plan, its publicity, and a pay statement for each person."""

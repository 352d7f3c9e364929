"""What a program is: operations and faults as plain data, who does them, and what they come to."""

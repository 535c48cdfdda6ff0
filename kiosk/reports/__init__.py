"""What is told on paper and in files: labels to print, later lists and figures."""

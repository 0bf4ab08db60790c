"""Programs: they compose the modules and do nothing else."""

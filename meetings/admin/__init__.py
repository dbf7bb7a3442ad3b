"""The pages where coordinators set things up."""
